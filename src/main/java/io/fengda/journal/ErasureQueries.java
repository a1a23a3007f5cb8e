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
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes what was erased, and finds what is to be. Thread-safe.
 *
 * <p>At first the rows are only emptied: their numbers stay taken for an hour, so that the primary
 * key still refuses an entity of before that lives on in another node. The erasure's row is tagged
 * {@code erased} until that is done, in one transaction, and {@code emptied} until the empty rows,
 * and a snapshot that such an entity may have written late, are deleted too: what a dying node
 * leaves half done, another finds. The erasure's own row stays for ever: {@code seq} goes on from
 * it.
 */
public final class ErasureQueries implements ErasedRows {
  private static final String EMPTY_EVENTS =
      """
      UPDATE event_journal SET event_payload = '', tags = NULL, deleted = TRUE
      WHERE persistence_id = $1 AND seq_nr < $2
      """;
  private static final String DELETE_EVENTS =
      "DELETE FROM event_journal WHERE persistence_id = $1 AND seq_nr < $2";
  private static final String DELETE_SNAPSHOT =
      "DELETE FROM snapshot WHERE persistence_id = $1 AND seq_nr < $2";
  private static final String TAG_EMPTIED =
      """
      UPDATE event_journal SET tags = ARRAY['emptied']
      WHERE persistence_id = $1 AND seq_nr = $2 AND tags && ARRAY['erased', 'emptied']
      """;
  private static final String REMOVE_TAG =
      """
      UPDATE event_journal SET tags = NULL
      WHERE persistence_id = $1 AND seq_nr = $2 AND tags && ARRAY['erased', 'emptied']
      """;

  private static final String TAGGED =
      """
      SELECT slice, persistence_id, seq_nr, db_timestamp FROM event_journal
      WHERE slice BETWEEN $1 AND $2 AND tags && ARRAY['erased', 'emptied']
        AND $3 = ANY(tags) AND db_timestamp < $4
      ORDER BY db_timestamp
      LIMIT $5
      """;

  /** The newest events of a slice's conversations, oldest first, from a row on; no erasures. */
  private static final String SILENT =
      """
      SELECT j.slice, j.persistence_id, j.seq_nr, j.db_timestamp
      FROM event_journal j
      WHERE j.slice = $1 AND j.entity_type = $2
        AND j.db_timestamp >= $3 AND j.db_timestamp < $4
        AND (j.db_timestamp, j.persistence_id) > ($3, $5)
        AND j.event_ser_manifest <> 'conversation-erased'
        AND NOT j.deleted
        AND NOT EXISTS (
          SELECT 1 FROM event_journal next
          WHERE next.persistence_id = j.persistence_id AND next.seq_nr = j.seq_nr + 1)
      ORDER BY j.db_timestamp, j.persistence_id
      LIMIT $6
      """;

  private static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

  private final JournalDatabase database;

  private ErasureQueries(JournalDatabase database) {
    this.database = database;
  }

  public static ErasureQueries of(ActorSystem<?> system) {
    return new ErasureQueries(JournalDatabase.of(system));
  }

  /** An event of a conversation. */
  record EventRow(int slice, String persistenceId, long seqNr, Instant at) {
    /** Before every event of the slice. */
    static EventRow before(int slice) {
      return new EventRow(slice, "", 0, Instant.EPOCH);
    }
  }

  @Override
  public CompletionStage<Done> deleteBefore(String persistenceId, long seqNr) {
    return inTransaction(List.of(EMPTY_EVENTS, DELETE_SNAPSHOT, TAG_EMPTIED), persistenceId, seqNr);
  }

  /** Gives the numbers of emptied rows back, when nobody can take them for free any more. */
  CompletionStage<Done> finish(EventRow erasure) {
    return inTransaction(
        List.of(DELETE_EVENTS, DELETE_SNAPSHOT, REMOVE_TAG),
        erasure.persistenceId(),
        erasure.seqNr());
  }

  private CompletionStage<Done> inTransaction(
      List<String> statements, String persistenceId, long seqNr) {
    return database.run(
        connection ->
            Mono.from(connection.beginTransaction())
                .thenMany(
                    Flux.fromIterable(statements)
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

  /** Erasures whose rows are not emptied yet, oldest first. */
  CompletionStage<List<EventRow>> unfinished(SliceRange range, int limit) {
    return tagged(range, "erased", NEVER, limit);
  }

  /** Erasures of before a time whose emptied rows are not deleted yet, oldest first. */
  CompletionStage<List<EventRow>> emptied(SliceRange range, Instant before, int limit) {
    return tagged(range, "emptied", before, limit);
  }

  private CompletionStage<List<EventRow>> tagged(
      SliceRange range, String tag, Instant before, int limit) {
    return database.list(
        connection ->
            connection
                .createStatement(TAGGED)
                .bind(0, range.min())
                .bind(1, range.max())
                .bind(2, tag)
                .bind(3, offset(before))
                .bind(4, limit),
        ErasureQueries::eventRow);
  }

  /**
   * The newest events of a slice's conversations in which nothing happened since a time.
   *
   * @param from behind which row to look
   */
  CompletionStage<List<EventRow>> silent(EventRow from, Instant since, int limit) {
    return database.list(
        connection ->
            connection
                .createStatement(SILENT)
                .bind(0, from.slice())
                .bind(1, Conversations.ENTITY_TYPE)
                .bind(2, offset(from.at()))
                .bind(3, offset(since))
                .bind(4, from.persistenceId())
                .bind(5, limit),
        ErasureQueries::eventRow);
  }

  /** The time of the clock that the events are stamped by. */
  CompletionStage<Instant> now() {
    return database.now();
  }

  private static EventRow eventRow(Row row) {
    return new EventRow(
        Objects.requireNonNull(row.get("slice", Integer.class)),
        Objects.requireNonNull(row.get("persistence_id", String.class)),
        Objects.requireNonNull(row.get("seq_nr", Long.class)),
        instant(row, "db_timestamp"));
  }
}
