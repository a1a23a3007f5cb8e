package io.fengda.journal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of the stock plugin's {@code event_journal}, but for its time, which the database gives.
 *
 * @param previousSeqNr the number of the event that is in the journal before the write; the row's
 *     time is later than that event's
 */
record NewEvent(
    int slice,
    String entityType,
    String persistenceId,
    long seqNr,
    long previousSeqNr,
    String writer,
    Serialized event,
    Set<String> tags,
    @Nullable Serialized metadata) {

  /** An object as bytes, and what tells how to read them; never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Serialized(int serializerId, String manifest, byte[] bytes) {}
}
