package io.fengda.conversation;

import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Refusal;
import org.jspecify.annotations.Nullable;

/** What the sender of a message is told. */
public sealed interface Receipt extends ChannelOutput {
  MessageId messageId();

  /**
   * The message is in the journal.
   *
   * @param duplicate whether it was before it was sent this time
   * @param message null where it is no longer in memory
   */
  record Accepted(
      MessageId messageId, long seq, boolean duplicate, Message.@Nullable FromCustomer message)
      implements Receipt {}

  /**
   * The message's turn ended.
   *
   * @param message null where it is no longer in memory
   * @param replySeq 0 where there is no reply
   * @param reply null where there is none, or where it is no longer in memory
   */
  record Ended(
      MessageId messageId,
      long seq,
      Outcome outcome,
      Message.@Nullable FromCustomer message,
      long replySeq,
      Message.@Nullable Reply reply)
      implements Receipt {}

  /** The message was not taken. */
  record Rejected(MessageId messageId, Refusal refusal) implements Receipt {}

  /** Whether the message was taken is not known: send it again with the same id. */
  record Unknown(MessageId messageId) implements Receipt {}
}
