package io.fengda.conversation.model;

import java.time.Instant;
import java.util.List;

/**
 * The attempt that an entity waits for. It lives in memory only.
 *
 * @param covers the customer messages its result will end
 * @param partialText the answer so far
 * @param partialCodePoints its length in Unicode code points
 */
public record Attempt(
    AttemptId id, List<Long> covers, Instant deadline, String partialText, int partialCodePoints) {
  public Attempt {
    covers = List.copyOf(covers);
  }

  public static Attempt begin(AttemptId id, List<Long> covers, Instant deadline) {
    return new Attempt(id, covers, deadline, "", 0);
  }

  /** The last message it covers. */
  public long replyTo() {
    return covers.getLast();
  }

  Attempt plus(String text) {
    return new Attempt(
        id,
        covers,
        deadline,
        partialText + text,
        partialCodePoints + text.codePointCount(0, text.length()));
  }
}
