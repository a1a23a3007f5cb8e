package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** The folder {@code kafka} of the data directory: the broker's settings, and its data. */
record BrokerFiles(Path folder) {
  private static final int NODE_ID = 1;
  private static final String CONTROLLER = "CONTROLLER";

  /** Warnings and errors on standard output, which is the log file. */
  private static final String LOGBACK =
      """
      <configuration>
        <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
          <encoder>
            <pattern>%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{36} - %msg%n</pattern>
          </encoder>
        </appender>
        <root level="WARN">
          <appender-ref ref="OUT"/>
        </root>
      </configuration>
      """;

  static BrokerFiles in(Path dataDirectory) {
    return new BrokerFiles(dataDirectory.resolve("kafka"));
  }

  Path properties() {
    return folder.resolve("server.properties");
  }

  Path options() {
    return folder.resolve("java.options");
  }

  Path logback() {
    return folder.resolve("logback-broker.xml");
  }

  /** Writes what the broker reads at this start. */
  void write(KafkaSpec spec, int controllerPort, List<String> javaOptions) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(logback(), LOGBACK);
    Files.writeString(options(), argumentFile(javaOptions));
    Files.writeString(properties(), settings(spec.port(), controllerPort) + more(spec));
  }

  /**
   * Formats the broker's storage when there is none; whether there was none.
   *
   * <p>By what {@code kafka.tools.StorageTool} calls, which takes a second and a half to get there.
   */
  boolean format() throws IOException {
    Path data = folder.resolve("data");
    if (Files.exists(data.resolve("meta.properties"))) {
      return false;
    }
    Formatter formatter = new Formatter();
    formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    formatter.setNodeId(NODE_ID).setClusterId(Uuid.randomUuid().toString());
    formatter.setControllerListenerName(CONTROLLER);
    formatter.addDirectory(data.toString()).setMetadataLogDirectory(data.toString());
    try {
      formatter.run();
      return true;
    } catch (Exception e) {
      throw new IOException("its storage cannot be formatted: " + e.getMessage(), e);
    }
  }

  /** One argument a line, quoted as the java launcher reads it. */
  private static String argumentFile(List<String> arguments) {
    return arguments.stream()
        .map(argument -> argument.replace("\\", "\\\\").replace("\"", "\\\""))
        .map(argument -> "\"" + argument + "\"\n")
        .collect(Collectors.joining());
  }

  /** The last of two settings counts. */
  private static String more(KafkaSpec spec) {
    return spec.more().entrySet().stream()
        .map(setting -> "%s=%s\n".formatted(setting.getKey(), setting.getValue()))
        .collect(Collectors.joining());
  }

  /** Paths are relative to the folder: the broker takes a comma for the end of a path. */
  private static String settings(int port, int controllerPort) {
    return """
    # Written by Fengda at every start.
    process.roles=broker,controller
    node.id=1
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
    inter.broker.listener.name=PLAINTEXT
    controller.listener.names=CONTROLLER
    controller.quorum.voters=1@127.0.0.1:%2$d
    log.dirs=data

    # One broker: nothing to replicate to. After a kill, its former self times out first.
    auto.create.topics.enable=false
    offsets.topic.replication.factor=1
    offsets.topic.num.partitions=5
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    transaction.state.log.num.partitions=5
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    share.coordinator.state.topic.num.partitions=1
    broker.heartbeat.interval.ms=500
    broker.session.timeout.ms=3000
    group.initial.rebalance.delay.ms=0
    group.min.session.timeout.ms=1000

    # A small machine: little to keep, few threads, no idle writes to the metadata log.
    log.retention.ms=3600000
    log.retention.check.interval.ms=60000
    log.segment.bytes=16777216
    log.index.size.max.bytes=1048576
    log.cleaner.dedupe.buffer.size=4194304
    offsets.topic.segment.bytes=16777216
    transaction.state.log.segment.bytes=16777216
    metadata.max.idle.interval.ms=0
    num.network.threads=2
    num.io.threads=2
    background.threads=2
    num.recovery.threads.per.data.dir=1
    group.coordinator.threads=1
    """
        .formatted(port, controllerPort);
  }
}
