package io.fengda;

import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Looks into the engine's database from beside it, with a connection for each look. */
public final class TestDatabase {
  /** By which PostgreSQL tells these connections from the engine's. */
  public static final String APPLICATION_NAME = "beside-the-engine";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final ConnectionFactory connections;
  private final Duration timeout;

  private TestDatabase(ConnectionFactory connections, Duration timeout) {
    this.connections = connections;
    this.timeout = timeout;
  }

  /**
   * The database at an engine's URL.
   *
   * @param url {@code postgres://user:password@host:port/database}
   */
  public static TestDatabase at(String url) {
    return at(url, TIMEOUT);
  }

  public static TestDatabase at(String url, Duration timeout) {
    return new TestDatabase(
        ConnectionFactories.get("r2dbc:" + url + "?applicationName=" + APPLICATION_NAME), timeout);
  }

  /** The first column of every row, as text. */
  public List<String> query(String sql) {
    return Objects.requireNonNull(
        Flux.usingWhen(
                connections.create(),
                connection ->
                    Flux.from(connection.createStatement(sql).execute())
                        .flatMap(result -> result.map((row, metadata) -> text(row.get(0)))),
                Connection::close)
            .collectList()
            .block(timeout));
  }

  private static String text(@Nullable Object value) {
    return value instanceof Json json ? json.asString() : String.valueOf(value);
  }

  public long count(String sql) {
    return Long.parseLong(query(sql).getFirst());
  }

  public void execute(String sql) {
    var unused = query(sql);
  }

  /** Turns that the journal leaves open. */
  public long openTurns() {
    return count(
        """
        SELECT count(*) FROM event_journal j
        WHERE 'open' = ANY(j.tags) AND NOT EXISTS (
          SELECT 1 FROM event_journal next
          WHERE next.persistence_id = j.persistence_id AND next.seq_nr = j.seq_nr + 1)
        """);
  }
}
