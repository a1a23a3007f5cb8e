package io.fengda.journal;

import akka.actor.typed.ActorSystem;
import akka.persistence.Persistence;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Rows as the journal's plugin writes them, for conversations whose node is no more. */
public final class JournalRows {
  private static final JournalSerializer SERIALIZER = new JournalSerializer();

  private JournalRows() {}

  public static MessageReceived received(long seq, String text) {
    return received(seq, text, Instant.now());
  }

  public static MessageReceived received(long seq, String text, Instant at) {
    return new MessageReceived(
        seq,
        new MessageId("dead-" + seq),
        Digest.of(text),
        text,
        Channel.REST,
        Language.EN,
        "",
        false,
        at);
  }

  public static ReplyGenerated replied(long seq, long covered, boolean leavesTurnOpen) {
    return new ReplyGenerated(
        new Message.Reply(
            seq,
            List.of(covered),
            ReplyKind.ANSWER,
            "an answer",
            "vendor",
            1,
            List.of(),
            new AttemptId("a"),
            Instant.now()),
        leavesTurnOpen);
  }

  /** The statement that writes the event, stamped when it begins. */
  public static String insert(
      ActorSystem<?> system, String persistenceId, long seqNr, ConversationEvent event) {
    return """
    INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
      event_ser_id, event_ser_manifest, event_payload, writer, adapter_manifest, tags)
    VALUES (%d, 'Conversation', '%s', %d, transaction_timestamp(),
      %d, '%s', '\\x%s', 'a dead node', '', %s)\
    """
        .formatted(
            Persistence.get(system).sliceForPersistenceId(persistenceId),
            persistenceId,
            seqNr,
            SERIALIZER.identifier(),
            SERIALIZER.manifest(event),
            HexFormat.of().formatHex(SERIALIZER.toBinary(event)),
            event.leavesTurnOpen() ? "ARRAY['open']" : "NULL");
  }
}
