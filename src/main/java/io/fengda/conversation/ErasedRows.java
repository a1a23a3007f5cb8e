package io.fengda.conversation;

import akka.Done;
import java.util.concurrent.CompletionStage;

/** Where the rows of erased messages lie. Never blocks; called from many threads. */
public interface ErasedRows {

  /**
   * Deletes what is in a conversation's events and snapshot before the event of that number, which
   * is its erasure. Asked again, it does no harm.
   */
  CompletionStage<Done> deleteBefore(String persistenceId, long seqNr);
}
