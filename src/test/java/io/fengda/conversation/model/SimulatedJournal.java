package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one conversation, and its last snapshot.
 *
 * <p>Rows are numbered, and no number is written twice: a writer that does not know the last row
 * fails. A write may fail although it lands, may land after its writer was told that it failed, and
 * outlives its writer.
 */
final class SimulatedJournal {
  private static final int TIMEOUT_MILLIS = 400;

  /** A conversation after the first {@code rows} rows. */
  record Recovered(int rows, Conversation conversation) {}

  private final SimulatedWorld world;
  private final Ledger ledger;
  private final List<ConversationEvent> events = new ArrayList<>();
  private @Nullable Recovered snapshot;

  /** How many rows from the first on are deleted. */
  private int deletedRows;

  SimulatedJournal(SimulatedWorld world, Ledger ledger) {
    this.world = world;
    this.ledger = ledger;
  }

  int rows() {
    return events.size();
  }

  List<ConversationEvent> events() {
    return events;
  }

  /**
   * Writes a batch as a whole.
   *
   * @param rows what the writer believes to be there
   * @param unknown called where the batch landed or did not
   */
  void write(int rows, List<ConversationEvent> batch, Runnable written, Runnable unknown) {
    if (world.fault("write lost", 0.01)) {
      world.after(TIMEOUT_MILLIS, "the journal gives up", unknown);
    } else if (world.fault("write unconfirmed", 0.01)) {
      world.after(world.between(1, 20), "the journal commits", () -> ignore(append(rows, batch)));
      world.after(TIMEOUT_MILLIS, "the journal gives up", unknown);
    } else if (world.fault("write late", 0.05)) {
      world.after(TIMEOUT_MILLIS, "the journal gives up", unknown);
      world.after(
          TIMEOUT_MILLIS + world.between(1, 10_000),
          "the journal commits late",
          () -> ignore(append(rows, batch)));
    } else {
      world.after(
          world.between(1, 20), "the journal commits", () -> commit(rows, batch, written, unknown));
    }
  }

  private void commit(int rows, List<ConversationEvent> batch, Runnable written, Runnable unknown) {
    boolean landed = append(rows, batch);
    world.after(world.between(0, 5), "the journal answers", landed ? written : unknown);
  }

  private boolean append(int rows, List<ConversationEvent> batch) {
    if (rows != events.size()) {
      world.count("write conflict");
      world.note("conflict: " + events.size() + " rows, not " + rows);
      return false;
    }
    for (ConversationEvent event : batch) {
      world.note(event);
      events.add(event);
      ledger.written(event);
      if (event instanceof ConversationErased) {
        int erased = events.size() - 1;
        world.after(world.between(1, 5_000), "rows are deleted", () -> delete(erased));
      }
    }
    return true;
  }

  private void ignore(boolean landed) {
    world.note(landed ? "landed" : "not landed");
  }

  private void delete(int before) {
    deletedRows = Math.max(deletedRows, before);
    if (snapshot != null && snapshot.rows() <= before) {
      snapshot = null;
    }
  }

  /** As a store would hold it: parts written apart and read back. */
  void saveSnapshot(int rows, Conversation conversation) {
    snapshot =
        new Recovered(
            rows,
            new Conversation(
                conversation.firstSeq(),
                conversation.nextSeq(),
                RecentIds.ofLongs(conversation.recentIds().toLongs()),
                Transcript.of(conversation.transcript().messages()),
                conversation.phase()));
  }

  /** From the last snapshot on, or, now and then, from the first row on. */
  Recovered recover(ModelLimits limits) {
    Recovered from = snapshot;
    if (from == null || world.chance(0.3)) {
      from = new Recovered(deletedRows, Conversation.empty());
      world.count("recovery from the first row");
    } else {
      world.count("recovery from a snapshot");
    }
    Conversation conversation = from.conversation();
    for (ConversationEvent event : events.subList(from.rows(), events.size())) {
      conversation = conversation.apply(event, limits);
    }
    return new Recovered(events.size(), conversation);
  }
}
