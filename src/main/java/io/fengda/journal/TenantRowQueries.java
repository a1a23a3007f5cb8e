package io.fengda.journal;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.serialization.SerializationExtension;
import akka.stream.javadsl.Source;
import io.fengda.administration.RegistryEvent;
import io.fengda.administration.TenantRows;
import io.fengda.conversation.Conversations;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * Deletes what a deleted tenant leaves in the journal. It reads the index of every slice once, one
 * slice after the other, so that it is never in the way for long. Thread-safe.
 */
public final class TenantRowQueries implements TenantRows {
  private static final int SLICES = 1_024;

  private static final String DELETE_EVENTS =
      """
      DELETE FROM event_journal
      WHERE slice = $1 AND entity_type = $2 AND persistence_id LIKE $3
      """;
  private static final String DELETE_SNAPSHOTS =
      """
      DELETE FROM snapshot
      WHERE slice = $1 AND entity_type = $2 AND persistence_id LIKE $3
      """;

  /** What no snapshot covers would be missed by who recovers. */
  private static final String EMPTY_BEFORE_LAST =
      """
      UPDATE event_journal SET event_payload = '', deleted = TRUE
      WHERE persistence_id = $1 AND tags && ARRAY[$2::text] AND NOT deleted
        AND event_ser_manifest NOT LIKE '%TenantDeleted'
        AND seq_nr <= (SELECT COALESCE(max(seq_nr), 0) FROM snapshot WHERE persistence_id = $1)
      """;

  private static final String LEFT =
      """
      SELECT count(*) AS left FROM event_journal
      WHERE persistence_id = $1 AND tags && ARRAY[$2::text] AND NOT deleted
        AND event_ser_manifest NOT LIKE '%TenantDeleted'
      """;

  private static final String NEWEST =
      """
      SELECT seq_nr, event_ser_id, event_ser_manifest, event_payload FROM event_journal
      WHERE persistence_id = $1 AND tags && ARRAY[$2::text] AND NOT deleted AND seq_nr < $3
      ORDER BY seq_nr DESC LIMIT $4
      """;

  private final ActorSystem<?> system;
  private final JournalDatabase database;

  private TenantRowQueries(ActorSystem<?> system, JournalDatabase database) {
    this.system = system;
    this.database = database;
  }

  public static TenantRowQueries of(ActorSystem<?> system) {
    return new TenantRowQueries(system, JournalDatabase.of(system));
  }

  @Override
  public CompletionStage<Long> deleteConversations(String tenant) {
    // A tenant's id has no character that means anything to LIKE.
    String like = Conversations.ENTITY_TYPE + "|" + tenant + ":%";
    return Source.from(IntStream.range(0, SLICES).boxed().toList())
        .mapAsync(1, slice -> delete(slice, like))
        .runFold(0L, Long::sum, system);
  }

  private CompletionStage<Long> delete(int slice, String like) {
    return database.run(
        connection ->
            Flux.just(DELETE_EVENTS, DELETE_SNAPSHOTS)
                .concatMap(
                    sql ->
                        Flux.from(
                                connection
                                    .createStatement(sql)
                                    .bind(0, slice)
                                    .bind(1, Conversations.ENTITY_TYPE)
                                    .bind(2, like)
                                    .execute())
                            .concatMap(result -> result.getRowsUpdated()))
                .reduce(0L, Long::sum));
  }

  @Override
  public CompletionStage<Done> deleteAll(String persistenceId) {
    return database.run(
        connection ->
            Flux.just(
                    "DELETE FROM event_journal WHERE persistence_id = $1",
                    "DELETE FROM snapshot WHERE persistence_id = $1")
                .concatMap(
                    sql ->
                        Flux.from(connection.createStatement(sql).bind(0, persistenceId).execute())
                            .concatMap(result -> result.getRowsUpdated()))
                .then()
                .thenReturn(Done.getInstance()));
  }

  @Override
  public CompletionStage<Long> emptyBeforeLast(String persistenceId, String tag) {
    return database
        .run(
            connection ->
                Flux.from(
                        connection
                            .createStatement(EMPTY_BEFORE_LAST)
                            .bind(0, persistenceId)
                            .bind(1, tag)
                            .execute())
                    .concatMap(result -> result.getRowsUpdated())
                    .reduce(0L, Long::sum))
        .thenCompose(
            emptied ->
                database.one(
                    connection ->
                        connection.createStatement(LEFT).bind(0, persistenceId).bind(1, tag),
                    row -> Objects.requireNonNull(row.get("left", Long.class))));
  }

  @Override
  public CompletionStage<List<Row>> newest(
      String persistenceId, String tag, long before, int limit) {
    return database.list(
        connection ->
            connection
                .createStatement(NEWEST)
                .bind(0, persistenceId)
                .bind(1, tag)
                .bind(2, before)
                .bind(3, limit),
        this::row);
  }

  private Row row(io.r2dbc.spi.Row row) {
    RegistryEvent event =
        (RegistryEvent)
            SerializationExtension.get(system)
                .deserialize(
                    Objects.requireNonNull(row.get("event_payload", byte[].class)),
                    Objects.requireNonNull(row.get("event_ser_id", Integer.class)),
                    Objects.requireNonNull(row.get("event_ser_manifest", String.class)))
                .get();
    return new Row(Objects.requireNonNull(row.get("seq_nr", Long.class)), event);
  }
}
