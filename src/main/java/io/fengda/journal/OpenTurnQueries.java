package io.fengda.journal;

import static io.fengda.journal.JournalDatabase.instant;
import static io.fengda.journal.JournalDatabase.offset;

import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Flux;

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

  private static final String READ_MARK = "SELECT mark FROM redriver_mark WHERE slice_min = $1";
  private static final String WRITE_MARK =
      """
      INSERT INTO redriver_mark (slice_min, mark) VALUES ($1, $2)
      ON CONFLICT (slice_min) DO UPDATE SET mark = GREATEST(redriver_mark.mark, EXCLUDED.mark)
      """;

  private final JournalDatabase database;
  private final String entityType;

  OpenTurnQueries(JournalDatabase database, String entityType) {
    this.database = database;
    this.entityType = entityType;
  }

  /** An open turn: whose, which event left it open, and when. */
  record OpenTurn(String persistenceId, long seqNr, Instant since) {}

  /** The oldest open turns from a time on, before another. */
  CompletionStage<List<OpenTurn>> openTurns(
      SliceRange range, Instant from, Instant before, int limit) {
    return database.run(
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
    return database.now();
  }

  /** Before which nothing is open; the epoch where that is not known. */
  CompletionStage<Instant> readMark(SliceRange range) {
    return database.run(
        connection ->
            Flux.from(connection.createStatement(READ_MARK).bind(0, range.min()).execute())
                .flatMap(result -> result.map((row, metadata) -> instant(row, "mark")))
                .next()
                .defaultIfEmpty(Instant.EPOCH));
  }

  /** Moves the mark forward, never back. */
  CompletionStage<Long> writeMark(SliceRange range, Instant mark) {
    return database.run(
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

  private static OpenTurn openTurn(Row row) {
    return new OpenTurn(
        Objects.requireNonNull(row.get("persistence_id", String.class)),
        Objects.requireNonNull(row.get("seq_nr", Long.class)),
        instant(row, "db_timestamp"));
  }
}
