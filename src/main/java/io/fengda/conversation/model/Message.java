package io.fengda.conversation.model;

import java.time.Instant;
import java.util.List;

/** One entry of a conversation's log, numbered by {@code seq} from 1 without gaps. */
public sealed interface Message {
  long seq();

  String text();

  Instant createdAt();

  /** What the customer said, and how its turn ended. */
  record FromCustomer(
      long seq, MessageId messageId, String text, Instant createdAt, Outcome outcome)
      implements Message {

    FromCustomer ended(Outcome how) {
      return new FromCustomer(seq, messageId, text, createdAt, how);
    }
  }

  /**
   * What the turn ended with.
   *
   * @param covers the customer messages that this replies to, in order of seq; never empty
   * @param vendor who answered; empty where the tenant's fallback text did
   * @param confidence 0 to 1
   * @param attempt the attempt that brought it, and the reply's message id
   */
  record Reply(
      long seq,
      List<Long> covers,
      ReplyKind kind,
      String text,
      String vendor,
      double confidence,
      List<Citation> citations,
      AttemptId attempt,
      Instant createdAt)
      implements Message {
    public Reply {
      covers = List.copyOf(covers);
      citations = List.copyOf(citations);
      if (covers.isEmpty()) {
        throw new IllegalArgumentException("a reply covers at least one message: seq " + seq);
      }
    }

    /** The last message it covers. */
    public long replyTo() {
      return covers.getLast();
    }
  }
}
