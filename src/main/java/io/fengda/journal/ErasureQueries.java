package io.fengda.journal;

import static io.fengda.journal.JournalDatabase.instant;
import static io.fengda.journal.JournalDatabase.offset;

import akka.Done;
import akka.actor.typed.ActorSystem;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.ErasedRows;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes what was erased, and finds what is to be. Thread-safe.
 *
 * <p>An erasure's row stays for ever: {@code seq} goes on from it. It is tagged until the rows
 * before it are deleted, which happens in one transaction with the removal of the tag, so that a
 * node that dies in between leaves behind what another can find.
 */
public final class ErasureQueries implements ErasedRows {
  private static final String DELETE_EVENTS =
      "DELETE FROM event_journal WHERE persistence_id = $1 AND seq_nr < $2";
  private static final String DELETE_SNAPSHOT =
      "DELETE FROM snapshot WHERE persistence_id = $1 AND seq_nr < $2";
  private static final String REMOVE_TAG =
      """
      UPDATE event_journal SET tags = NULL
      WHERE persistence_id = $1 AND seq_nr = $2 AND tags @> ARRAY['erased']
      """;

  private static final String UNFINISHED =
      """
      SELECT slice, persistence_id, seq_nr, db_timestamp FROM event_journal
      WHERE slice BETWEEN $1 AND $2 AND tags @> ARRAY['erased']
      LIMIT $3
      """;

  /** The newest events of conversations, slice by slice, oldest first; no erasures. */
  private static final String SILENT =
      """
      SELECT range.slice, silent.persistence_id, silent.seq_nr, silent.db_timestamp
      FROM generate_series($1::int, $2::int) AS range(slice)
      CROSS JOIN LATERAL (
        SELECT j.persistence_id, j.seq_nr, j.db_timestamp
        FROM event_journal j
        WHERE j.slice = range.slice AND j.entity_type = $3
          AND j.db_timestamp < $4
          AND (range.slice > $1 OR (j.db_timestamp, j.persistence_id) > ($5, $6))
          AND j.event_ser_manifest <> 'conversation-erased'
          AND NOT EXISTS (
            SELECT 1 FROM event_journal next
            WHERE next.persistence_id = j.persistence_id AND next.seq_nr = j.seq_nr + 1)
        ORDER BY j.db_timestamp, j.persistence_id
        LIMIT $7
      ) silent
      ORDER BY range.slice, silent.db_timestamp, silent.persistence_id
      LIMIT $7
      """;

  private final JournalDatabase database;

  private ErasureQueries(JournalDatabase database) {
    this.database = database;
  }

  public static ErasureQueries of(ActorSystem<?> system) {
    return new ErasureQueries(JournalDatabase.of(system));
  }

  /** An event of a conversation. */
  record EventRow(int slice, String persistenceId, long seqNr, Instant at) {
    /** Before every event of the slice, and of those behind it. */
    static EventRow before(int slice) {
      return new EventRow(slice, "", 0, Instant.EPOCH);
    }
  }

  @Override
  public CompletionStage<Done> deleteBefore(String persistenceId, long seqNr) {
    return database.run(
        connection ->
            Mono.from(connection.beginTransaction())
                .thenMany(
                    Flux.just(DELETE_EVENTS, DELETE_SNAPSHOT, REMOVE_TAG)
                        .concatMap(sql -> update(connection, sql, persistenceId, seqNr)))
                .then(Mono.from(connection.commitTransaction()))
                .onErrorResume(
                    failure ->
                        Mono.from(connection.rollbackTransaction())
                            .onErrorComplete()
                            .then(Mono.error(failure)))
                .thenReturn(Done.getInstance()));
  }

  private static Mono<Long> update(
      Connection connection, String sql, String persistenceId, long seqNr) {
    return Flux.from(
            connection.createStatement(sql).bind(0, persistenceId).bind(1, seqNr).execute())
        .flatMap(Result::getRowsUpdated)
        .reduce(0L, Long::sum);
  }

  /** Erasures whose rows are not deleted yet. */
  CompletionStage<List<EventRow>> unfinished(SliceRange range, int limit) {
    return database.run(
        connection ->
            rows(
                connection
                    .createStatement(UNFINISHED)
                    .bind(0, range.min())
                    .bind(1, range.max())
                    .bind(2, limit)));
  }

  /**
   * The newest events of conversations in which nothing happened since a time.
   *
   * @param from behind which row to look
   * @param sliceMax up to which slice
   */
  CompletionStage<List<EventRow>> silent(EventRow from, int sliceMax, Instant since, int limit) {
    return database.run(
        connection ->
            rows(
                connection
                    .createStatement(SILENT)
                    .bind(0, from.slice())
                    .bind(1, sliceMax)
                    .bind(2, Conversations.ENTITY_TYPE)
                    .bind(3, offset(since))
                    .bind(4, offset(from.at()))
                    .bind(5, from.persistenceId())
                    .bind(6, limit)));
  }

  /** The time of the clock that the events are stamped by. */
  CompletionStage<Instant> now() {
    return database.now();
  }

  private static Mono<List<EventRow>> rows(Statement statement) {
    return Flux.from(statement.execute())
        .flatMap(result -> result.map((row, metadata) -> eventRow(row)))
        .collectList();
  }

  private static EventRow eventRow(Row row) {
    return new EventRow(
        Objects.requireNonNull(row.get("slice", Integer.class)),
        Objects.requireNonNull(row.get("persistence_id", String.class)),
        Objects.requireNonNull(row.get("seq_nr", Long.class)),
        instant(row, "db_timestamp"));
  }
}
