package io.fengda.conversation.model;

import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;

/** What happened in a conversation. The journal of these is the history. */
public sealed interface ConversationEvent {
  Instant at();

  /** Whether a turn is unfinished after this event; the journal's rows are tagged by it. */
  boolean leavesTurnOpen();

  /**
   * A customer's message was accepted.
   *
   * @param joinsTurn whether it belongs to the turn that is open; if not, it waits behind it
   * @param trace W3C {@code traceparent}; empty when there is none
   */
  record MessageReceived(
      long seq,
      MessageId messageId,
      Digest digest,
      String text,
      Channel channel,
      Language language,
      String trace,
      boolean joinsTurn,
      Instant at)
      implements ConversationEvent {
    @Override
    public boolean leavesTurnOpen() {
      return true;
    }
  }

  /** The open turn ended with a reply. */
  record ReplyGenerated(Message.Reply reply, boolean leavesTurnOpen) implements ConversationEvent {
    @Override
    public Instant at() {
      return reply.createdAt();
    }
  }

  /** The open turn ended without a reply. */
  record TurnCancelled(List<Long> covers, CancelReason reason, Instant at, boolean leavesTurnOpen)
      implements ConversationEvent {
    public TurnCancelled {
      covers = List.copyOf(covers);
    }
  }

  /**
   * Everything before this event is gone.
   *
   * @param nextSeq where {@code seq} goes on
   */
  record ConversationErased(long nextSeq, Instant at) implements ConversationEvent {
    @Override
    public boolean leavesTurnOpen() {
      return false;
    }
  }
}
