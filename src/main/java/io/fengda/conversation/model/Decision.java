package io.fengda.conversation.model;

import io.fengda.conversation.model.RecentIds.Known;
import java.util.List;

/** What to do about an input. */
public sealed interface Decision {

  /** Write these events together, then apply them; an attempt may follow. */
  record Persist(List<ConversationEvent> events) implements Decision {
    public Persist {
      events = List.copyOf(events);
    }

    static Persist of(ConversationEvent event) {
      return new Persist(List.of(event));
    }
  }

  /** The message is in the log already: tell its sender what became of it. */
  record Repeat(Known known) implements Decision {}

  /** The message is not taken, and nothing changes. */
  record Refuse(Refusal refusal) implements Decision {}

  /**
   * The answer has grown.
   *
   * @param attempt the attempt with the text so far
   * @param news the part of the delta that was not known yet; never empty
   */
  record Extend(Attempt attempt, Input.Delta news) implements Decision {}

  /** Nobody works on the open turn: begin an attempt. */
  record BeginAttempt() implements Decision {}

  /** Nothing to do. */
  record Ignore(Reason reason) implements Decision {
    /** Why; counted by the entity. */
    public enum Reason {
      /** A repeated or overtaken delta. */
      STALE_DELTA,
      /** A result for a turn that is over. */
      LATE_RESULT,
      /** A deadline of an attempt that is over. */
      STALE_DEADLINE,
      /** There is no open turn, or somebody works on it. */
      NOTHING_OPEN,
      /** Nothing was said since the beginning or the last erasure. */
      NOTHING_TO_ERASE
    }
  }
}
