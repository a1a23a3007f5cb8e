package io.fengda.conversation;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Query;
import java.time.Instant;

/** Where queries leave the conversations. Never blocks; called from many threads. */
public interface Queries {

  /**
   * Hands a query out.
   *
   * @return whether there was room; without it the turn ends at its deadline
   */
  boolean publish(Query query);

  /** Tells the workers that nobody waits for the attempt any more. Best effort. */
  void cancel(AttemptId attempt, Instant deadline);

  /** Whether the next query would find room; a message is refused before it is accepted. */
  boolean hasRoom();
}
