package io.fengda.journal;

import static io.fengda.journal.JournalDatabase.instant;
import static io.fengda.journal.JournalDatabase.offset;

import io.r2dbc.postgresql.codec.Interval;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Flux;

/**
 * What the redriver asks of the journal. Thread-safe.
 *
 * <p>An event is stamped with the time at which its transaction began, and seen when that ends.
 * {@link #horizon} is therefore a time before which no event can appear any more.
 */
final class OpenTurnQueries {
  /**
   * Events that leave a turn open and have no successor, seeking the slice index slice by slice:
   * rows read are those of the time asked for, whatever the size of the journal.
   */
  static final String OPEN_TURNS =
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

  /** Of those, the ones that still have no successor: a probe of the primary key each. */
  private static final String STILL_OPEN =
      """
      SELECT open.persistence_id, open.seq_nr, open.db_timestamp
      FROM unnest($1::text[], $2::bigint[], $3::timestamptz[])
        AS open(persistence_id, seq_nr, db_timestamp)
      WHERE EXISTS (
          SELECT 1 FROM event_journal j
          WHERE j.persistence_id = open.persistence_id AND j.seq_nr = open.seq_nr)
        AND NOT EXISTS (
          SELECT 1 FROM event_journal next
          WHERE next.persistence_id = open.persistence_id AND next.seq_nr = open.seq_nr + 1)
      """;

  /** Of the transactions only those of the engine's own user, who alone writes the journal. */
  private static final String HORIZON =
      """
      SELECT GREATEST(
        LEAST(now() - $1::interval, (
          SELECT min(xact_start) FROM pg_stat_activity
          WHERE usename = current_user AND datname = current_database())),
        now() - $2::interval) AS horizon
      """;

  /** Where there is none, the oldest event's time; the present where there is no event. */
  private static final String READ_MARK =
      """
      SELECT COALESCE(
        (SELECT mark FROM redriver_position WHERE slice_min = $1 AND slice_max = $2),
        (SELECT min(oldest.db_timestamp)
         FROM generate_series($1::int, $2::int) AS range(slice)
         CROSS JOIN LATERAL (
           SELECT j.db_timestamp FROM event_journal j
           WHERE j.slice = range.slice AND j.entity_type = $3
           ORDER BY j.db_timestamp LIMIT 1) oldest),
        now()) AS mark
      """;

  private static final String WRITE_MARK =
      """
      INSERT INTO redriver_position (slice_min, slice_max, mark) VALUES ($1, $2, $3)
      ON CONFLICT (slice_min, slice_max)
      DO UPDATE SET mark = GREATEST(redriver_position.mark, EXCLUDED.mark)
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
    return database.list(
        connection ->
            connection
                .createStatement(OPEN_TURNS)
                .bind(0, range.min())
                .bind(1, range.max())
                .bind(2, entityType)
                .bind(3, offset(from))
                .bind(4, offset(before))
                .bind(5, limit),
        OpenTurnQueries::openTurn);
  }

  /** Those of the turns that are still open. */
  CompletionStage<List<OpenTurn>> stillOpen(Collection<OpenTurn> turns) {
    if (turns.isEmpty()) {
      return CompletableFuture.completedStage(List.of());
    }
    return database.list(
        connection ->
            connection
                .createStatement(STILL_OPEN)
                .bind(0, turns.stream().map(OpenTurn::persistenceId).toArray(String[]::new))
                .bind(1, turns.stream().map(OpenTurn::seqNr).toArray(Long[]::new))
                .bind(
                    2,
                    turns.stream()
                        .map(turn -> offset(turn.since()))
                        .toArray(OffsetDateTime[]::new)),
        OpenTurnQueries::openTurn);
  }

  /**
   * A time before which no event can appear any more.
   *
   * @param ageMin how old it is at least
   * @param ageMax how old it is at most, however long a transaction takes
   */
  CompletionStage<Instant> horizon(Duration ageMin, Duration ageMax) {
    return database.one(
        connection ->
            connection
                .createStatement(HORIZON)
                .bind(0, Interval.of(ageMin))
                .bind(1, Interval.of(ageMax)),
        row -> instant(row, "horizon"));
  }

  /** Before which nothing is open. */
  CompletionStage<Instant> readMark(SliceRange range) {
    return database.one(
        connection ->
            connection
                .createStatement(READ_MARK)
                .bind(0, range.min())
                .bind(1, range.max())
                .bind(2, entityType),
        row -> instant(row, "mark"));
  }

  /** Moves the mark forward, never back. */
  CompletionStage<Long> writeMark(SliceRange range, Instant mark) {
    return database.run(
        connection ->
            Flux.from(
                    connection
                        .createStatement(WRITE_MARK)
                        .bind(0, range.min())
                        .bind(1, range.max())
                        .bind(2, offset(mark))
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
