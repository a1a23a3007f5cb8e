package io.fengda.embedded;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the broker keeps its files, and where it listens.
 *
 * @param dataDirectory the folder that gets {@code kafka} and the log
 * @param port for clients, on 127.0.0.1, 1..65535
 * @param controllerPort for the broker itself, on 127.0.0.1; 0 takes a free one
 * @param more settings of the broker that go before ours
 */
public record KafkaSpec(
    Path dataDirectory, int port, int controllerPort, Map<String, String> more) {
  static final String PORT_SETTING = "FENGDA_KAFKA_PORT";

  public KafkaSpec {
    port = Ports.inRange(port, PORT_SETTING);
    controllerPort = controllerPort == 0 ? 0 : Ports.inRange(controllerPort, "controllerPort");
    more = Map.copyOf(more);
  }

  public KafkaSpec(Path dataDirectory, int port, int controllerPort) {
    this(dataDirectory, port, controllerPort, Map.of());
  }
}
