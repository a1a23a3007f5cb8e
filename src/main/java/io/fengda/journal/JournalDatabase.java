package io.fengda.journal;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The database under the journal, through the journal's own pool. Thread-safe. */
public final class JournalDatabase {
  private static final String CONNECTIONS = "akka.persistence.r2dbc.connection-factory";

  /** A connection that is half open never answers. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final String NOW = "SELECT now() AS now";

  private final ConnectionFactory connections;

  JournalDatabase(ConnectionFactory connections) {
    this.connections = connections;
  }

  public static JournalDatabase of(ActorSystem<?> system) {
    return new JournalDatabase(
        ConnectionFactoryProvider.get(system).connectionFactoryFor(CONNECTIONS));
  }

  /** Uses a connection for one thing; fails where that takes longer than ten seconds. */
  <T> CompletionStage<T> run(Function<Connection, Mono<T>> use) {
    return Mono.<T, Connection>usingWhen(Mono.from(connections.create()), use, Connection::close)
        .timeout(TIMEOUT)
        .toFuture();
  }

  /** The time of the clock that the events are stamped by. */
  CompletionStage<Instant> now() {
    return run(
        connection ->
            Flux.from(connection.createStatement(NOW).execute())
                .flatMap(result -> result.map((row, metadata) -> instant(row, "now")))
                .next());
  }

  static Instant instant(Row row, String column) {
    return Objects.requireNonNull(row.get(column, OffsetDateTime.class)).toInstant();
  }

  static OffsetDateTime offset(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
