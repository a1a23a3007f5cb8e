package io.fengda.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node of every role with PostgreSQL and Kafka, as processes of their own. */
final class Engine implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx1g",
          "-XX:NewRatio=1",
          "-XX:+UseSerialGC",
          "-Djava.util.concurrent.ForkJoinPool.common.parallelism=4",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final Map<String, Integer> ports;
  private final HttpClient http = HttpClient.newHttpClient();

  private Engine(Process process, Map<String, Integer> ports) {
    this.process = process;
    this.ports = ports;
  }

  /** Starts an engine with an empty database and waits until it is ready. */
  static Engine start(List<Tenant> tenants, Map<String, String> settings) {
    try {
      Map<String, Integer> ports =
          freePorts("HTTP", "MANAGEMENT", "CLUSTER", "ANSWERER", "POSTGRES", "KAFKA");
      List<String> options = new ArrayList<>(OPTIONS);
      tenants.forEach(
          tenant -> tenant.properties().forEach((k, v) -> options.add("-D" + k + "=" + v)));
      settings.forEach((key, value) -> options.add("-D" + key + "=" + value));
      ProcessBuilder builder =
          Processes.java(
              options, System.getProperty("engine.classpath"), "io.fengda.embedded.EmbeddedMain");
      ports.forEach(
          (name, port) -> builder.environment().put("FENGDA_" + name + "_PORT", "" + port));
      builder
          .environment()
          .put("FENGDA_DATA_DIR", Files.createTempDirectory("fengda-bench").toString());
      builder.environment().put("FENGDA_ROLES", "gateway,conversation,worker");
      builder.environment().put("KAFKA_HEAP_OPTS", "-Xmx512m");
      builder.environment().put("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC");
      Process process =
          builder
              .directory(Path.of("..").toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      awaitReady(process);
      return new Engine(process, ports);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void awaitReady(Process process) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(1);
    Thread.ofVirtual().start(() -> follow(process, ready));
    if (!ready.await(3, TimeUnit.MINUTES) || !process.isAlive()) {
      process.destroy();
      throw new IllegalStateException("the engine does not get ready");
    }
  }

  /** Reads what the engine prints, to the end; passes on what went wrong. */
  private static void follow(Process process, CountDownLatch ready) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains("fengda ready")) {
          ready.countDown();
        }
        if (line.contains(" ERROR ") || line.contains(" WARN ")) {
          System.err.println(line);
        }
      }
    } catch (IOException e) {
      // It was stopped.
    }
    ready.countDown();
  }

  /** Ports that are free now. */
  static Map<String, Integer> freePorts(String... names) throws IOException {
    Map<String, Integer> ports = new LinkedHashMap<>();
    List<ServerSocket> sockets = new ArrayList<>();
    for (String name : names) {
      ServerSocket socket = new ServerSocket(0);
      sockets.add(socket);
      ports.put(name, socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  String url() {
    return "http://127.0.0.1:" + ports.get("HTTP");
  }

  String kafka() {
    return "127.0.0.1:" + ports.get("KAFKA");
  }

  /** What a path of the public port answers. */
  HttpResponse<String> get(String path, String token) {
    return get(URI.create(url() + path), token);
  }

  /** The sum of a metric over all label values that contain the text. */
  double metric(String name, String labels) {
    String all =
        get(URI.create("http://127.0.0.1:%d/metrics".formatted(ports.get("MANAGEMENT"))), "")
            .body();
    return all.lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpResponse<String> get(URI uri, String token) {
    try {
      return http.send(
          HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** CPU seconds so far of engine, PostgreSQL and Kafka. */
  Cpu cpu() {
    return new Cpu(
        Processes.cpuSeconds(process.toHandle()),
        Processes.cpuSeconds(descendants("postgres")),
        Processes.cpuSeconds(descendants("java")));
  }

  record Cpu(double engine, double postgres, double kafka) {
    Cpu minus(Cpu before) {
      return new Cpu(engine - before.engine, postgres - before.postgres, kafka - before.kafka);
    }

    double all() {
      return engine + postgres + kafka;
    }
  }

  Profile profile() {
    return new Profile(process);
  }

  /** CPU seconds so far of the engine's compilers and of its garbage collection. */
  Map<String, Double> threadCpu() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    Processes.threadCpuSeconds(process.pid())
        .forEach(
            (thread, cpu) -> {
              if (thread.startsWith("C1 Comp") || thread.startsWith("C2 Comp")) {
                seconds.merge("compiler", cpu, Double::sum);
              } else if (thread.startsWith("VM Thread")
                  || thread.startsWith("GC ")
                  || thread.startsWith("G1 ")) {
                seconds.merge("gc", cpu, Double::sum);
              }
            });
    return seconds;
  }

  /** So far. */
  double allocatedBytes() {
    return metric("jvm_gc_memory_allocated_bytes_total", "");
  }

  double rssMegabytes() {
    return Processes.rssBytes(process.pid()) / 1e6;
  }

  private Stream<ProcessHandle> descendants(String program) {
    return process
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("/" + program));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
