package io.fengda.embedded;

import java.nio.file.Path;

/**
 * What {@link EmbeddedServices} starts.
 *
 * @param dataDirectory the folder of one engine; made when it is missing
 * @param postgresPort on 127.0.0.1, 1..65535
 * @param kafkaPort on 127.0.0.1, 1..65535
 */
public record ServicesSpec(Path dataDirectory, int postgresPort, int kafkaPort) {
  public ServicesSpec {
    postgresPort = Ports.inRange(postgresPort, PostgresSpec.PORT_SETTING);
    kafkaPort = Ports.inRange(kafkaPort, KafkaSpec.PORT_SETTING);
  }

  PostgresSpec postgres() {
    return new PostgresSpec(dataDirectory, postgresPort);
  }

  KafkaSpec kafka() {
    return new KafkaSpec(dataDirectory, kafkaPort, 0);
  }
}
