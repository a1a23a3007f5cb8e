package io.fengda.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the ahead-of-time cache of a distribution (JEP 514): runs one node of it on an embedded
 * PostgreSQL and Kafka until its warm-up is over, and ends it; its JVM then writes down the classes
 * that it linked and the methods that were hot (JEP 515).
 */
public final class TrainingRun {
  private static final int JDK_MIN = 25;
  private static final int SECONDS_MAX = 300;
  private static final Set<String> JVM_VARIABLES =
      Set.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_AOT_VM_OPTIONS");

  /** Longer than a start's: what is not trained is not in the cache. */
  private static final String OPTIONS =
      "-Dfengda.warm-up.time=20s -Dfengda.warm-up.customers=32"
          + " -Dfengda.conversation.node-settles-in=60s";

  private final Path distribution;
  private final Path cache;

  private TrainingRun(Path distribution) {
    this.distribution = distribution;
    this.cache = distribution.resolve("lib/fengda.aot");
  }

  /** Takes the folder of the distribution; ends with status 1 if there is no cache then. */
  public static void main(String[] args) {
    if (Runtime.version().feature() < JDK_MIN) {
      System.out.printf(
          "no ahead-of-time cache: that takes a JDK of %d, this is %s%n",
          JDK_MIN, Runtime.version());
      return;
    }
    new TrainingRun(Path.of(args[0])).run();
  }

  private void run() {
    try {
      Files.deleteIfExists(cache);
      Path data = Files.createTempDirectory("fengda-training");
      try (EmbeddedServices services =
          EmbeddedServices.start(
              new ServicesSpec(data, Ports.anyFree(), Ports.anyFree()), TrainingRun::say)) {
        train(start(services));
      } finally {
        delete(data);
      }
      if (!Files.exists(cache)) {
        System.err.println("the training run left no " + cache);
        System.exit(1);
      }
      System.out.printf("%s: %d MB%n", cache, Files.size(cache) / 1_000_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private Process start(EmbeddedServices services) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(distribution.resolve("bin/fengda").toString()).redirectErrorStream(true);
    // It has nothing to do with what nodes of this machine's user are told.
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("FENGDA_") || JVM_VARIABLES.contains(name));
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "JAVA_OPTS",
                "-XX:AOTCacheOutput=%s -Xlog:aot=error %s"
                    .formatted(cache.toAbsolutePath(), OPTIONS),
                "FENGDA_DATABASE_URL",
                "postgres://fengda:fengda@127.0.0.1:%d/fengda"
                    .formatted(services.postgres().port()),
                "FENGDA_KAFKA_BOOTSTRAP",
                "127.0.0.1:" + services.kafka().port()));
    for (String name : List.of("HTTP", "MANAGEMENT", "CLUSTER", "ANSWERER")) {
      builder.environment().put("FENGDA_" + name + "_PORT", "" + Ports.anyFree());
    }
    Process node = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(node.toHandle())));
    var unused =
        node.onExit()
            .orTimeout(SECONDS_MAX, TimeUnit.SECONDS)
            .exceptionally(
                late -> {
                  kill(node.toHandle());
                  return node;
                });
    return node;
  }

  /** The node, and the JVM that it starts at its end to write the cache. */
  private static void kill(ProcessHandle node) {
    node.descendants().forEach(ProcessHandle::destroyForcibly);
    node.destroyForcibly();
  }

  /** Shows what the node says; ends it when it is ready, and waits until the cache is written. */
  private static void train(Process node) throws IOException, InterruptedException {
    try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("fengda ready")) {
          // Process.destroy would close the stream that is read here.
          node.toHandle().destroy();
        }
        if (!line.contains(" INFO ")) {
          System.out.println(line);
        }
      }
    }
    var unused = node.waitFor();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
