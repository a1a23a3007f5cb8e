package io.fengda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node of an engine: a process, what it says of itself, and what it uses. */
final class Node implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(3);
  private static final Duration STOP_MAX = Duration.ofSeconds(60);

  /** The entities of this node by shard; Akka Management's. */
  private static final String SHARDS = "/cluster/shards/Conversation";

  private final Process process;
  private final ProcessHandle jvm;
  private final Map<String, Integer> ports;
  private final double readySeconds;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  private Node(
      Process process, ProcessHandle jvm, Map<String, Integer> ports, double readySeconds) {
    this.process = process;
    this.jvm = jvm;
    this.ports = ports;
    this.readySeconds = readySeconds;
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @param builder of a JVM, or of a program that starts one
   * @param ports by the names of their variables, {@code FENGDA_<name>_PORT}
   */
  static Node start(ProcessBuilder builder, Map<String, Integer> ports) {
    ports.forEach((name, port) -> builder.environment().put("FENGDA_" + name + "_PORT", "" + port));
    try {
      long startNanos = System.nanoTime();
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      awaitReady(process);
      double readySeconds = (System.nanoTime() - startNanos) / 1e9;
      return new Node(process, Processes.jvm(process), ports, readySeconds);
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
    if (!ready.await(START_MAX.toSeconds(), TimeUnit.SECONDS) || !process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroy);
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

  /** From the start of the process until the first message could be sent. */
  double readySeconds() {
    return readySeconds;
  }

  int port(String name) {
    return ports.get(name);
  }

  String url() {
    return "http://127.0.0.1:" + port("HTTP");
  }

  ProcessHandle jvm() {
    return jvm;
  }

  /** What a path of the public port answers. */
  HttpResponse<String> get(String path, String token) {
    return get(URI.create(url() + path), token);
  }

  /** The sum of a metric over all label values that contain the text. */
  double metric(String name, String labels) {
    return management("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** How many conversations are in memory, by shard; none where the node does not say. */
  Map<String, Integer> shards() {
    HttpResponse<String> response = management(SHARDS);
    Map<String, Integer> shards = new LinkedHashMap<>();
    if (response.statusCode() == 200) {
      try {
        for (JsonNode shard : json.readTree(response.body()).path("regions")) {
          shards.put(shard.path("shardId").asText(), shard.path("numEntities").asInt());
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(response.body(), e);
      }
    }
    return shards;
  }

  /** How many conversations are in memory. */
  int residents() {
    return shards().values().stream().mapToInt(Integer::intValue).sum();
  }

  private HttpResponse<String> management(String path) {
    return get(URI.create("http://127.0.0.1:%d%s".formatted(port("MANAGEMENT"), path)), "");
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

  /** Java's own garbage included. */
  double heapBytes() {
    return metric("jvm_memory_used_bytes", "area=\"heap\"");
  }

  double rssBytes() {
    return Processes.rssBytes(jvm.pid());
  }

  /** Processes that it started, of a program. */
  Stream<ProcessHandle> descendants(String program) {
    return jvm.descendants()
        .filter(child -> child.info().command().orElse("").endsWith("/" + program));
  }

  @Override
  public void close() {
    try {
      // The end of its input is the order to stop for what was started by Processes.leashed.
      process.getOutputStream().close();
      jvm.destroy();
      if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        jvm.destroyForcibly();
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
