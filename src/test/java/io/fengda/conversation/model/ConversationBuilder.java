package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Builds a conversation event by event, a second apart, as the journal would hold it. */
final class ConversationBuilder {
  static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
  static final ModelLimits LIMITS = new ModelLimits(200, 64 * 1024, 1_000, 5, 3);

  private final List<ConversationEvent> events = new ArrayList<>();
  private final ModelLimits limits;
  private Conversation conversation = Conversation.empty();

  private ConversationBuilder(ModelLimits limits) {
    this.limits = limits;
  }

  static ConversationBuilder conversation() {
    return new ConversationBuilder(LIMITS);
  }

  static ConversationBuilder conversation(ModelLimits limits) {
    return new ConversationBuilder(limits);
  }

  /** Customer messages with these ids, one after the other. */
  ConversationBuilder received(String... messageIds) {
    for (String messageId : messageIds) {
      said(messageId, "text of " + messageId, Language.EN);
    }
    return this;
  }

  ConversationBuilder said(String messageId, String text, Language language) {
    return then(received(conversation.nextSeq(), messageId, text, language, now()));
  }

  /** The open turn is answered. */
  ConversationBuilder answered() {
    return answered("an answer");
  }

  ConversationBuilder answered(String text) {
    return replied(ReplyKind.ANSWER, text);
  }

  ConversationBuilder replied(ReplyKind kind, String text) {
    return then(
        new ReplyGenerated(
            reply(conversation.nextSeq(), openSeqs(), kind, text, now()), waiting() > 0));
  }

  ConversationBuilder cancelled() {
    return then(new TurnCancelled(openSeqs(), CancelReason.STOPPED, now(), waiting() > 0));
  }

  /** A customer message that belongs to the open turn. */
  ConversationBuilder joined(String messageId) {
    return then(
        new MessageReceived(
            conversation.nextSeq(),
            new MessageId(messageId),
            Digest.of("text of " + messageId),
            "text of " + messageId,
            Channel.REST,
            Language.EN,
            "",
            true,
            now()));
  }

  ConversationBuilder erased() {
    return then(new ConversationErased(build().nextSeq(), now()));
  }

  Conversation build() {
    return conversation;
  }

  List<ConversationEvent> events() {
    return List.copyOf(events);
  }

  /** The time of the next event. */
  Instant now() {
    return START.plusSeconds(events.size());
  }

  private ConversationBuilder then(ConversationEvent event) {
    conversation = conversation.apply(event, limits);
    events.add(event);
    return this;
  }

  private List<Long> openSeqs() {
    return open(conversation).turn().seqs();
  }

  private int waiting() {
    return open(conversation).waiting().size();
  }

  static TurnOpen open(Conversation conversation) {
    return switch (conversation.phase()) {
      case TurnOpen open -> open;
      case Idle idle -> throw new IllegalStateException("no turn is open: " + idle);
    };
  }

  static List<Long> waitingSeqs(Conversation conversation) {
    return open(conversation).waiting().stream().map(Pending::seq).toList();
  }

  static Conversation replay(List<ConversationEvent> events, ModelLimits limits) {
    Conversation conversation = Conversation.empty();
    for (ConversationEvent event : events) {
      conversation = conversation.apply(event, limits);
    }
    return conversation;
  }

  static MessageReceived received(
      long seq, String messageId, String text, Language language, Instant at) {
    return new MessageReceived(
        seq,
        new MessageId(messageId),
        Digest.of(text),
        text,
        Channel.REST,
        language,
        "",
        false,
        at);
  }

  static Message.Reply reply(long seq, List<Long> covers, ReplyKind kind, String text, Instant at) {
    return new Message.Reply(
        seq, covers, kind, text, "vendor", 0.5, List.of(), new AttemptId("a" + seq), at);
  }
}
