package io.fengda.conversation.model;

import io.fengda.tenant.Language;
import java.util.List;

/** What can happen to a conversation from outside. */
public sealed interface Input {

  /**
   * A customer says something.
   *
   * @param trace W3C {@code traceparent}; empty when there is none
   */
  record Receive(MessageId messageId, String text, Channel channel, Language language, String trace)
      implements Input {}

  /** What a worker has to say about an attempt. */
  sealed interface FromWorker extends Input {
    AttemptId attempt();
  }

  /**
   * A piece of an answer.
   *
   * @param offset where the piece starts in the answer, in Unicode code points
   */
  record Delta(AttemptId attempt, int offset, String text) implements FromWorker {}

  /**
   * What a worker found for a turn.
   *
   * @param covers the customer messages it ends
   * @param text the answer, or the vendor's own text for one of the other kinds; may be empty
   * @param vendor who was asked; empty when nobody was
   * @param confidence 0 to 1
   */
  record Result(
      AttemptId attempt,
      List<Long> covers,
      ReplyKind kind,
      String text,
      String vendor,
      double confidence,
      List<Citation> citations)
      implements FromWorker {
    public Result {
      covers = List.copyOf(covers);
      citations = List.copyOf(citations);
    }
  }

  /** The deadline of an attempt passed. */
  record Deadline(AttemptId attempt) implements Input {}

  /** The customer wants no answer any more. */
  record Stop() implements Input {}

  /** The customer, or the end of the retention, wants everything forgotten. */
  record Erase() implements Input {}

  /** Look whether a turn is open that nobody works on; also what recovery asks. */
  record Wake() implements Input {}
}
