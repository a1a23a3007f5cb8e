package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/** A Kafka broker that is its own controller, as a child JVM on 127.0.0.1. */
public final class EmbeddedKafka implements AutoCloseable {
  private static final String MAIN_CLASS = "kafka.Kafka";
  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final KafkaSpec spec;
  private final boolean firstStart;
  private final LeashedProcess broker;

  private EmbeddedKafka(KafkaSpec spec, boolean firstStart, LeashedProcess broker) {
    this.spec = spec;
    this.firstStart = firstStart;
    this.broker = broker;
  }

  /**
   * Starts the broker and returns when it answers clients: within a minute, or throws {@link
   * EmbeddedStartException}.
   */
  public static EmbeddedKafka start(KafkaSpec spec) {
    Path dataDirectory = Folders.writable(spec.dataDirectory());
    ServiceLog brokerLog = ServiceLog.of("Kafka", dataDirectory.resolve("kafka.log"));
    try {
      brokerLog.rotate();
      return start(spec, BrokerFiles.in(dataDirectory), brokerLog);
    } catch (IOException e) {
      throw brokerLog.failure(Folders.reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw brokerLog.failure("interrupted", e);
    }
  }

  private static EmbeddedKafka start(KafkaSpec spec, BrokerFiles files, ServiceLog brokerLog)
      throws IOException, InterruptedException {
    stopFormerBroker(files);
    Ports.requireFree(spec.port(), KafkaSpec.PORT_SETTING);
    boolean formatted = files.format();
    LeashedProcess broker = launch(spec, files, brokerLog);
    broker.requireReady(
        START_MAX,
        () -> BrokerProbe.answers(spec.port()),
        () -> brokerLog.failure(brokerLog.lastLine("Exception", "ERROR", "Error")));
    broker.whenItEndsByItself(brokerLog::ended);
    return new EmbeddedKafka(spec, formatted, broker);
  }

  /** Stops the broker that an engine before this one left behind. */
  private static void stopFormerBroker(BrokerFiles files) throws IOException, InterruptedException {
    Optional<ProcessHandle> former =
        ProcessHandle.allProcesses().filter(process -> isBrokerHere(process, files)).findAny();
    if (former.isPresent()) {
      Leash.stopLeftBehind("Kafka", former.get(), StopSignals.TERMINATE);
    }
  }

  private static boolean isBrokerHere(ProcessHandle process, BrokerFiles files) {
    List<String> arguments = process.info().arguments().map(List::of).orElse(List.of());
    return arguments.containsAll(List.of(MAIN_CLASS, files.properties().toString()));
  }

  private static LeashedProcess launch(KafkaSpec spec, BrokerFiles files, ServiceLog brokerLog)
      throws IOException {
    int controllerPort = spec.controllerPort() == 0 ? Ports.anyFree() : spec.controllerPort();
    files.write(spec, controllerPort, BrokerJvm.options(files));
    ProcessBuilder builder =
        new ProcessBuilder(
            BrokerJvm.program().toString(),
            "@" + files.options(),
            MAIN_CLASS,
            files.properties().toString());
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").forEach(builder.environment()::remove);
    builder.directory(files.folder().toFile()).redirectOutput(brokerLog.append());
    return LeashedProcess.start(builder, StopSignals.TERMINATE);
  }

  /** The clients' port on 127.0.0.1. */
  public int port() {
    return spec.port();
  }

  /** What clients connect to. */
  public String bootstrapServers() {
    return Ports.HOST + ":" + spec.port();
  }

  /** The version of the broker and of the client in this JVM, such as 4.4.0. */
  public String version() {
    return AppInfoParser.getVersion();
  }

  /** The process id of the broker's JVM. */
  public long pid() {
    return broker.pid();
  }

  /** Whether this start formatted the storage. */
  public boolean isFirstStart() {
    return firstStart;
  }

  /** Ends the broker and waits: at most 12 s, then by force; once is enough. */
  public void stop() {
    broker.stop();
  }

  @Override
  public void close() {
    stop();
  }
}
