package io.fengda.journal;

import akka.actor.AbstractActor;
import akka.actor.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.SnapshotProtocol;
import akka.persistence.SnapshotProtocol.LoadSnapshot;
import akka.persistence.SnapshotSelectionCriteria;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import scala.Option;

/**
 * The snapshot plugin: one query says of a conversation that is to recover which event is its last,
 * and whether it has a snapshot at all. So a new conversation costs one query instead of two, any
 * other without a snapshot two instead of three. Snapshots themselves are the stock plugin's.
 */
public final class LookingSnapshotStore extends AbstractActor {
  private static final String LOOK =
      """
      SELECT
        COALESCE((SELECT max(seq_nr) FROM event_journal WHERE persistence_id = $1), 0) AS last,
        EXISTS (SELECT 1 FROM snapshot WHERE persistence_id = $1) AS has_snapshot
      """;

  /** As long as the stock plugin tries to load one: whoever recovers is asked again. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final ActorRef stock = GroupCommitSettings.stockSnapshots(context().system());
  private final LastSeqNrs lastSeqNrs = LastSeqNrs.of(context().system());
  private final JournalDatabase database = JournalDatabase.of(Adapter.toTyped(context().system()));

  private record Found(long lastSeqNr, boolean hasSnapshot) {}

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(LoadSnapshot.class, this::load)
        .matchAny(message -> stock.forward(message, context()))
        .build();
  }

  private void load(LoadSnapshot load) {
    if (load.criteria().equals(SnapshotSelectionCriteria.none())) {
      stock.forward(load, context());
      return;
    }
    ActorRef asker = sender();
    LastSeqNrs.Look look = lastSeqNrs.begin(load.persistenceId());
    var unused =
        look(load.persistenceId())
            .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (found, failure) -> {
                  if (failure != null) {
                    asker.tell(new SnapshotProtocol.LoadSnapshotFailed(failure), self());
                    return;
                  }
                  look.found(found.lastSeqNr());
                  if (found.hasSnapshot()) {
                    stock.tell(load, asker);
                  } else {
                    asker.tell(
                        new SnapshotProtocol.LoadSnapshotResult(
                            Option.empty(), load.toSequenceNr()),
                        self());
                  }
                });
  }

  private CompletableFuture<Found> look(String persistenceId) {
    return database
        .one(
            connection -> connection.createStatement(LOOK).bind(0, persistenceId),
            row ->
                new Found(
                    Objects.requireNonNull(row.get("last", Long.class)),
                    Boolean.TRUE.equals(row.get("has_snapshot", Boolean.class))))
        .toCompletableFuture();
  }
}
