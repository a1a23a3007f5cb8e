package io.fengda.journal;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import io.fengda.telemetry.Readiness;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ReactorNetty;

/** The database under the journal, through the journal's own pool. Thread-safe. */
public final class JournalDatabase {
  /** Where the configuration has the journal's pool. */
  static final String CONNECTIONS = "akka.persistence.r2dbc.connection-factory";

  /** A connection that is half open never answers. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private static final String NOW = "SELECT now() AS now";

  private final ConnectionFactory connections;

  JournalDatabase(ConnectionFactory connections) {
    this.connections = connections;
  }

  /**
   * Has one thread for four cores serve all connections to databases, which is plenty; by itself
   * Netty takes four at least, and each statement wakes another. Before the first connection.
   */
  public static void useFewThreads() {
    if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
      int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
      System.setProperty(ReactorNetty.IO_WORKER_COUNT, Integer.toString(threads));
    }
  }

  public static JournalDatabase of(ActorSystem<?> system) {
    return new JournalDatabase(
        ConnectionFactoryProvider.get(system).connectionFactoryFor(CONNECTIONS));
  }

  /** Looks again and again whether the database answers: the node needs it. */
  public static void keepLooking(ActorSystem<?> system) {
    JournalDatabase database = of(system);
    Readiness readiness = Readiness.of(system);
    var looking =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                LOOK_INTERVAL,
                LOOK_INTERVAL,
                () -> {
                  var unused = database.now().thenRun(() -> readiness.seen("the database"));
                },
                system.executionContext());
    var unused = system.getWhenTerminated().thenRun(looking::cancel);
  }

  /** Uses a connection for one thing; fails where that takes longer than ten seconds. */
  <T> CompletionStage<T> run(Function<Connection, Mono<T>> use) {
    return Mono.<T, Connection>usingWhen(Mono.from(connections.create()), use, Connection::close)
        .timeout(TIMEOUT)
        .toFuture();
  }

  /** The time of the clock that the events are stamped by. */
  CompletionStage<Instant> now() {
    return one(connection -> connection.createStatement(NOW), row -> instant(row, "now"));
  }

  /** The rows of a query. */
  <T> CompletionStage<List<T>> list(Function<Connection, Statement> query, Function<Row, T> read) {
    return run(connection -> rows(query.apply(connection), read).collectList());
  }

  /** The only row of a query. */
  <T> CompletionStage<T> one(Function<Connection, Statement> query, Function<Row, T> read) {
    return run(connection -> rows(query.apply(connection), read).next());
  }

  private static <T> Flux<T> rows(Statement statement, Function<Row, T> read) {
    return Flux.from(statement.execute())
        .flatMap(result -> result.map((row, metadata) -> read.apply(row)));
  }

  static Instant instant(Row row, String column) {
    return Objects.requireNonNull(row.get(column, OffsetDateTime.class)).toInstant();
  }

  static OffsetDateTime offset(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
