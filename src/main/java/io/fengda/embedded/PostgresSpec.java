package io.fengda.embedded;

import java.nio.file.Path;

/**
 * Where PostgreSQL keeps its files, and where it listens.
 *
 * @param dataDirectory the folder that gets {@code postgres-data}, the binaries and the log
 * @param port on 127.0.0.1, 1..65535
 */
public record PostgresSpec(Path dataDirectory, int port) {
  static final String PORT_SETTING = "FENGDA_POSTGRES_PORT";

  public PostgresSpec {
    port = Ports.inRange(port, PORT_SETTING);
  }
}
