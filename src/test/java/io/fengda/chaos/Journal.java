package io.fengda.chaos;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;

/** The journal's table, read past the engine. */
final class Journal {
  private static final Duration READ_MAX = Duration.ofSeconds(30);

  /** Conversations whose event numbers are not 1, 2, 3… without a gap. */
  private static final String WITH_GAPS =
      """
      SELECT persistence_id || ' has ' || count(*) || ' events up to ' || max(seq_nr)
      FROM event_journal
      GROUP BY persistence_id
      HAVING count(*) <> max(seq_nr) OR min(seq_nr) <> 1
      """;

  /** Conversations whose last event leaves a turn open. */
  private static final String LEFT_OPEN =
      """
      SELECT j.persistence_id || ' is open since event ' || j.seq_nr
      FROM event_journal j
      WHERE 'open' = ANY(j.tags) AND NOT EXISTS (
        SELECT 1 FROM event_journal next
        WHERE next.persistence_id = j.persistence_id AND next.seq_nr = j.seq_nr + 1)
      """;

  private final ConnectionFactory connections;

  private Journal(ConnectionFactory connections) {
    this.connections = connections;
  }

  static Journal at(int port) {
    return new Journal(
        ConnectionFactories.get(
            "r2dbc:postgresql://fengda:fengda@127.0.0.1:%d/fengda".formatted(port)));
  }

  List<String> withGaps() {
    return read(WITH_GAPS);
  }

  List<String> leftOpen() {
    return read(LEFT_OPEN);
  }

  private List<String> read(String sql) {
    List<String> rows =
        Flux.usingWhen(
                connections.create(),
                connection ->
                    Flux.from(connection.createStatement(sql).execute())
                        .flatMap(result -> result.map((row, meta) -> row.get(0, String.class))),
                Connection::close)
            .collectList()
            .block(READ_MAX);
    return rows == null ? List.of() : rows;
  }
}
