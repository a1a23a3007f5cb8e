package io.fengda.journal;

import com.typesafe.config.Config;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The journal's tables. Nodes that start at the same time wait for each other. */
public final class JournalSchema {
  private static final String RESOURCE = "schema.sql";

  /** Any number that nothing else in the database locks. */
  private static final long ADVISORY_LOCK = 20_260_001L;

  private static final Duration LOCK_PAUSE = Duration.ofMillis(200);

  private JournalSchema() {}

  /**
   * Creates what is missing. Blocks: for the start of a node, before anything else runs.
   *
   * @throws RuntimeException if the database can not be reached or refuses, within the time
   */
  public static void ensure(Config root, Duration timeout) {
    Config config = root.getConfig("akka.persistence.r2dbc.connection-factory");
    ConnectionFactoryOptions.Builder options =
        ConnectionFactoryOptions.builder()
            .option(ConnectionFactoryOptions.DRIVER, "postgresql")
            .option(ConnectionFactoryOptions.HOST, config.getString("host"))
            .option(ConnectionFactoryOptions.PORT, config.getInt("port"))
            .option(ConnectionFactoryOptions.USER, config.getString("user"))
            .option(ConnectionFactoryOptions.PASSWORD, config.getString("password"))
            .option(ConnectionFactoryOptions.DATABASE, config.getString("database"))
            .option(ConnectionFactoryOptions.CONNECT_TIMEOUT, timeout);
    encrypt(options, config.getConfig("ssl"));
    ConnectionFactory connections = ConnectionFactories.get(options.build());
    Mono.usingWhen(connections.create(), JournalSchema::create, Connection::close).block(timeout);
  }

  /** As the plugin does it. */
  private static void encrypt(ConnectionFactoryOptions.Builder options, Config ssl) {
    if (!ssl.getBoolean("enabled")) {
      return;
    }
    options.option(ConnectionFactoryOptions.SSL, true);
    options.option(
        PostgresqlConnectionFactoryProvider.SSL_MODE, SSLMode.fromValue(ssl.getString("mode")));
    Map.of(
            "root-cert", PostgresqlConnectionFactoryProvider.SSL_ROOT_CERT,
            "cert", PostgresqlConnectionFactoryProvider.SSL_CERT,
            "key", PostgresqlConnectionFactoryProvider.SSL_KEY)
        .forEach(
            (key, option) -> {
              if (!ssl.getString(key).isEmpty()) {
                options.option(option, ssl.getString(key));
              }
            });
  }

  private static Mono<Void> create(Connection connection) {
    return locked(connection)
        .thenMany(Flux.fromIterable(statements()).concatMap(sql -> execute(connection, sql)))
        .then();
  }

  /** Asks again and again: a statement that waits would hold an index that is built beside it. */
  private static Mono<Boolean> locked(Connection connection) {
    return Flux.from(
            connection
                .createStatement("SELECT pg_try_advisory_lock(" + ADVISORY_LOCK + ")")
                .execute())
        .flatMap(result -> result.map((row, metadata) -> Boolean.TRUE.equals(row.get(0))))
        .next()
        .filter(locked -> locked)
        .repeatWhenEmpty(tries -> tries.delayElements(LOCK_PAUSE));
  }

  private static Mono<Void> execute(Connection connection, String sql) {
    return Flux.from(connection.createStatement(sql).execute())
        .flatMap(result -> result.map((row, metadata) -> Boolean.TRUE))
        .then();
  }

  private static List<String> statements() {
    try (InputStream in = JournalSchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + RESOURCE);
      }
      return Arrays.stream(new String(in.readAllBytes(), StandardCharsets.UTF_8).split(";\n", -1))
          .filter(sql -> !sql.isBlank())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
