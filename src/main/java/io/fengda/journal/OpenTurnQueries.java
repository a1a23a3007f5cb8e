package io.fengda.journal;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Row;
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

/** What the redriver asks of the journal. Thread-safe. */
final class OpenTurnQueries {
  /**
   * Events that leave a turn open and have no successor, seeking the slice index slice by slice:
   * rows read are those since the mark, whatever the size of the journal.
   */
  private static final String OPEN_TURNS =
      """
      SELECT open.persistence_id, open.seq_nr, open.db_timestamp
      FROM generate_series($1::int, $2::int) AS range(slice)
      CROSS JOIN LATERAL (
        SELECT j.persistence_id, j.seq_nr, j.db_timestamp
        FROM event_journal j
        WHERE j.slice = range.slice AND j.entity_type = $3
          AND j.db_timestamp >= $4 AND j.db_timestamp < $5
          AND 'open' = ANY(j.tags)
          AND NOT EXISTS (
            SELECT 1 FROM event_journal next
            WHERE next.persistence_id = j.persistence_id AND next.seq_nr = j.seq_nr + 1)
      ) open
      ORDER BY open.db_timestamp
      LIMIT $6
      """;

  /** A connection that is half open never answers. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final String NOW = "SELECT now() AS now";
  private static final String READ_MARK = "SELECT mark FROM redriver_mark WHERE slice_min = $1";
  private static final String WRITE_MARK =
      """
      INSERT INTO redriver_mark (slice_min, mark) VALUES ($1, $2)
      ON CONFLICT (slice_min) DO UPDATE SET mark = GREATEST(redriver_mark.mark, EXCLUDED.mark)
      """;

  private final ConnectionFactory connections;
  private final String entityType;

  OpenTurnQueries(ConnectionFactory connections, String entityType) {
    this.connections = connections;
    this.entityType = entityType;
  }

  /** An open turn: whose, which event left it open, and when. */
  record OpenTurn(String persistenceId, long seqNr, Instant since) {}

  /** A range of slices, both ends included. */
  record SliceRange(int min, int max) {}

  /** The oldest open turns from a time on, before another. */
  CompletionStage<List<OpenTurn>> openTurns(
      SliceRange range, Instant from, Instant before, int limit) {
    return run(
        connection ->
            Flux.from(
                    connection
                        .createStatement(OPEN_TURNS)
                        .bind(0, range.min())
                        .bind(1, range.max())
                        .bind(2, entityType)
                        .bind(3, offset(from))
                        .bind(4, offset(before))
                        .bind(5, limit)
                        .execute())
                .flatMap(result -> result.map((row, metadata) -> openTurn(row)))
                .collectList());
  }

  /** The time of the clock that the events are stamped by. */
  CompletionStage<Instant> now() {
    return run(
        connection ->
            Flux.from(connection.createStatement(NOW).execute())
                .flatMap(result -> result.map((row, metadata) -> instant(row, "now")))
                .next());
  }

  /** Before which nothing is open; the epoch where that is not known. */
  CompletionStage<Instant> readMark(SliceRange range) {
    return run(
        connection ->
            Flux.from(connection.createStatement(READ_MARK).bind(0, range.min()).execute())
                .flatMap(result -> result.map((row, metadata) -> instant(row, "mark")))
                .next()
                .defaultIfEmpty(Instant.EPOCH));
  }

  /** Moves the mark forward, never back. */
  CompletionStage<Long> writeMark(SliceRange range, Instant mark) {
    return run(
        connection ->
            Flux.from(
                    connection
                        .createStatement(WRITE_MARK)
                        .bind(0, range.min())
                        .bind(1, offset(mark))
                        .execute())
                .flatMap(result -> result.getRowsUpdated())
                .next()
                .defaultIfEmpty(0L));
  }

  private <T> CompletionStage<T> run(Function<Connection, Mono<T>> use) {
    return Mono.<T, Connection>usingWhen(Mono.from(connections.create()), use, Connection::close)
        .timeout(TIMEOUT)
        .toFuture();
  }

  private static OpenTurn openTurn(Row row) {
    return new OpenTurn(
        Objects.requireNonNull(row.get("persistence_id", String.class)),
        Objects.requireNonNull(row.get("seq_nr", Long.class)),
        instant(row, "db_timestamp"));
  }

  private static Instant instant(Row row, String column) {
    return Objects.requireNonNull(row.get(column, OffsetDateTime.class)).toInstant();
  }

  private static OffsetDateTime offset(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
