package io.fengda.conversation.model;

import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;

/** Whether a turn is open. */
public sealed interface Phase {

  /** No turn is open, so nothing waits. */
  record Idle() implements Phase {}

  /** A turn is open; {@code waiting} follow it, each a turn of its own, in order of seq. */
  record TurnOpen(Turn turn, List<Pending> waiting) implements Phase {
    public TurnOpen {
      waiting = List.copyOf(waiting);
    }
  }

  /**
   * Customer messages that one result will end.
   *
   * @param messages in order of seq; never empty
   * @param openedAt when the turn was taken up
   */
  record Turn(List<Pending> messages, Instant openedAt) {
    public Turn {
      messages = List.copyOf(messages);
      if (messages.isEmpty()) {
        throw new IllegalArgumentException("a turn has at least one message");
      }
    }

    public List<Long> seqs() {
      return messages.stream().map(Pending::seq).toList();
    }

    public Language language() {
      return messages.getLast().language();
    }

    /** W3C {@code traceparent}; empty when there is none. */
    public String trace() {
      return messages.getLast().trace();
    }
  }

  /** A customer message whose turn has not ended; its text is in the transcript. */
  record Pending(long seq, Language language, String trace) {}
}
