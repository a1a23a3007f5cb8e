package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Nodes with the roles gateway, conversation and worker, as processes of their own: one at first,
 * with PostgreSQL and Kafka, and others that join it.
 */
final class Engine implements AutoCloseable {
  private static final Duration SPREAD_MAX = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** A node has its share of the shards when it has this part of an even one. */
  private static final double EVEN = 0.8;

  private final EngineSpec spec;
  private final Path data;
  private final List<Node> nodes = new ArrayList<>();

  private Engine(EngineSpec spec, Path data) {
    this.spec = spec;
    this.data = data;
  }

  /** Starts an engine with an empty database and waits until it is ready. */
  static Engine start(EngineSpec spec) {
    try {
      Engine engine = new Engine(spec, Files.createTempDirectory("fengda-bench"));
      Map<String, Integer> ports =
          Ports.free("HTTP", "MANAGEMENT", "CLUSTER", "ANSWERER", "POSTGRES", "KAFKA");
      engine.nodes.add(Node.start(engine.node(), ports));
      return engine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one more node on the same database and broker; returns when it has its share. */
  void join() {
    Map<String, Integer> ports = Ports.free("HTTP", "MANAGEMENT", "CLUSTER", "ANSWERER");
    ports.put("POSTGRES", first().port("POSTGRES"));
    ports.put("KAFKA", first().port("KAFKA"));
    ProcessBuilder builder = node();
    builder.environment().put("FENGDA_SEED_NODES", "127.0.0.1:" + first().port("CLUSTER"));
    nodes.add(Node.start(builder, ports));
    long untilNanos = System.nanoTime() + SPREAD_MAX.toNanos();
    while (!isSpread()) {
      if (System.nanoTime() > untilNanos) {
        throw new IllegalStateException("the shards do not spread over " + nodes.size() + " nodes");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private boolean isSpread() {
    List<Integer> shards = nodes.stream().map(node -> node.shards().size()).toList();
    double even = shards.stream().mapToInt(Integer::intValue).average().orElse(0);
    return shards.stream().allMatch(count -> count > 0 && count >= EVEN * even);
  }

  private ProcessBuilder node() {
    ProcessBuilder builder =
        Processes.java(spec.jvmOptions(), spec.classPath(), "io.fengda.embedded.EmbeddedMain");
    Map<String, String> environment = builder.environment();
    environment.put("FENGDA_DATA_DIR", data.toString());
    environment.put("FENGDA_ROLES", "gateway,conversation,worker");
    environment.put("KAFKA_HEAP_OPTS", "-Xmx512m");
    environment.put("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC");
    environment.putAll(spec.environment());
    return builder.directory(Path.of("..").toFile());
  }

  /** The node that has PostgreSQL and Kafka. */
  Node first() {
    return nodes.getFirst();
  }

  /** The public ports of all nodes. */
  List<String> urls() {
    return nodes.stream().map(Node::url).toList();
  }

  String kafka() {
    return "127.0.0.1:" + first().port("KAFKA");
  }

  /** {@code host:port/name}, with user and password {@code fengda}. */
  String database() {
    return "127.0.0.1:%d/fengda".formatted(first().port("POSTGRES"));
  }

  /** What a path of the public port answers. */
  HttpResponse<String> get(String path, String token) {
    return first().get(path, token);
  }

  /** The sum of a metric over all nodes and all label values that contain the text. */
  double metric(String name, String labels) {
    return nodes.stream().mapToDouble(node -> node.metric(name, labels)).sum();
  }

  /** CPU seconds so far of engine, PostgreSQL and Kafka. */
  Cpu cpu() {
    return new Cpu(
        Processes.cpuSeconds(nodes.stream().map(Node::jvm)),
        Processes.cpuSeconds(first().descendants("postgres")),
        Processes.cpuSeconds(first().descendants("java")));
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
    return new Profile(first().jvm().pid());
  }

  /** CPU seconds so far of the first node's compilers and of its garbage collection. */
  Map<String, Double> threadCpu() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    Processes.threadCpuSeconds(first().jvm().pid())
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
    return nodes.stream().mapToDouble(Node::rssBytes).sum() / 1e6;
  }

  /** Stops all of it and deletes its data. */
  @Override
  public void close() {
    nodes.reversed().forEach(Node::close);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      Bench.say("left behind: " + data);
    }
  }
}
