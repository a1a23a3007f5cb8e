package io.fengda.chaos;

import io.fengda.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** One engine in a JVM of its own, as often as it is started, behind its proxies. One thread. */
final class EngineNode {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final Duration STOP_MAX = Duration.ofSeconds(60);

  private final NodeConfig config;
  private final Path folder;
  private final TcpProxy clusterProxy;
  private final TcpProxy databaseProxy;
  private int starts;
  private @Nullable Process process;
  private @Nullable Freeze freeze;

  private EngineNode(NodeConfig config, Path folder, int databasePort) {
    this.config = config;
    this.folder = folder;
    clusterProxy = TcpProxy.start(config.ports().clusterProxy(), config.ports().cluster());
    databaseProxy = TcpProxy.start(config.ports().databaseProxy(), databasePort);
  }

  /** A node that does not run yet; its configuration and its logs are in the folder. */
  static EngineNode create(NodeConfig config, Path folder, int databasePort) {
    EngineNode node = new EngineNode(config, folder, databasePort);
    try {
      Files.writeString(node.configFile(), config.text());
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return config.name();
  }

  NodeConfig.Ports ports() {
    return config.ports();
  }

  /** Where its connections to other nodes come from. */
  String address() {
    return config.address();
  }

  /** The way of the other nodes to this one. */
  TcpProxy clusterProxy() {
    return clusterProxy;
  }

  /** The way of this node to PostgreSQL. */
  TcpProxy databaseProxy() {
    return databaseProxy;
  }

  /** Of its process, which runs. */
  long pid() {
    if (process == null) {
      throw new IllegalStateException(name() + " does not run");
    }
    return process.pid();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Starts the process, without waiting for it. */
  void start() {
    starts++;
    ProcessBuilder builder =
        Jvm.of(
            NodeMain.class,
            List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "-Dlogback.configurationFile=chaos/logback-node.xml",
                "-Dconfig.file=" + configFile()));
    try {
      process = builder.redirectErrorStream(true).redirectOutput(log().toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until the first message can be sent. */
  void awaitReady() {
    Awaitility.await(name())
        .atMost(START_MAX)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> isReady() || !isAlive());
    if (!isReady()) {
      throw new IllegalStateException(name() + " does not start: see " + log());
    }
  }

  /** What this start wrote. */
  Path log() {
    return folder.resolve("%s-%d.log".formatted(name(), starts));
  }

  private Path configFile() {
    return folder.resolve(name() + ".conf");
  }

  private boolean isReady() {
    try {
      return Files.readString(log()).contains("fengda ready: ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once, and the ways to it and from it. */
  void close() {
    kill9();
    clusterProxy.close();
    databaseProxy.close();
  }

  /** Ends it at once; it can not do anything about it. */
  void kill9() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /** Asks it to end, and waits; by force if it does not. Whether that was not needed. */
  boolean stop() {
    thaw();
    if (process != null) {
      process.destroy();
    }
    return awaitEnd(STOP_MAX);
  }

  /** Waits until it has ended by itself; by force after that time. Whether that was not needed. */
  boolean awaitEnd(Duration max) {
    if (process == null) {
      return true;
    }
    boolean ended =
        process
            .onExit()
            .thenApply(exited -> true)
            .completeOnTimeout(false, max.toMillis(), TimeUnit.MILLISECONDS)
            .join();
    if (!ended) {
      kill9();
    }
    return ended;
  }

  /** It stands still, and its connections stay open. */
  void freeze() {
    if (process != null) {
      freeze = Freeze.ofTree(process.pid());
    }
  }

  void thaw() {
    if (freeze != null) {
      freeze.close();
      freeze = null;
    }
  }
}
