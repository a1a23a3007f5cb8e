package io.fengda.journal;

import akka.serialization.SerializerWithStringManifest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.proto.journal.v1.ConversationErased;
import io.fengda.proto.journal.v1.MessageReceived;
import io.fengda.proto.journal.v1.ReplyGenerated;
import io.fengda.proto.journal.v1.TurnCancelled;

/**
 * Events and snapshots as bytes. Identifier and manifests are in every row and never change; golden
 * files in the tests hold them fast.
 */
public final class JournalSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 20_260_001;
  private static final String MESSAGE_RECEIVED = "message-received";
  private static final String REPLY_GENERATED = "reply-generated";
  private static final String TURN_CANCELLED = "turn-cancelled";
  private static final String CONVERSATION_ERASED = "conversation-erased";
  private static final String CONVERSATION = "conversation";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    return switch (object) {
      case ConversationEvent event -> manifestOf(event);
      case Conversation conversation -> CONVERSATION;
      default -> throw new IllegalArgumentException("not of the journal: " + object.getClass());
    };
  }

  private static String manifestOf(ConversationEvent event) {
    return switch (event) {
      case ConversationEvent.MessageReceived received -> MESSAGE_RECEIVED;
      case ConversationEvent.ReplyGenerated generated -> REPLY_GENERATED;
      case ConversationEvent.TurnCancelled cancelled -> TURN_CANCELLED;
      case ConversationEvent.ConversationErased erased -> CONVERSATION_ERASED;
    };
  }

  @Override
  public byte[] toBinary(Object object) {
    return switch (object) {
      case ConversationEvent event -> bytesOf(event);
      case Conversation conversation -> JournalCodec.write(conversation).toByteArray();
      default -> throw new IllegalArgumentException("not of the journal: " + object.getClass());
    };
  }

  private static byte[] bytesOf(ConversationEvent event) {
    return switch (event) {
      case ConversationEvent.MessageReceived received -> JournalCodec.write(received).toByteArray();
      case ConversationEvent.ReplyGenerated generated ->
          JournalCodec.write(generated).toByteArray();
      case ConversationEvent.TurnCancelled cancelled -> JournalCodec.write(cancelled).toByteArray();
      case ConversationEvent.ConversationErased erased -> JournalCodec.write(erased).toByteArray();
    };
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    try {
      return switch (manifest) {
        case MESSAGE_RECEIVED -> JournalCodec.read(MessageReceived.parseFrom(bytes));
        case REPLY_GENERATED -> JournalCodec.read(ReplyGenerated.parseFrom(bytes));
        case TURN_CANCELLED -> JournalCodec.read(TurnCancelled.parseFrom(bytes));
        case CONVERSATION_ERASED -> JournalCodec.read(ConversationErased.parseFrom(bytes));
        case CONVERSATION ->
            JournalCodec.read(io.fengda.proto.journal.v1.Conversation.parseFrom(bytes));
        default -> throw new IllegalArgumentException("unknown manifest: " + manifest);
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("damaged row of manifest " + manifest, e);
    }
  }
}
