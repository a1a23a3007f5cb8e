package io.fengda.journal;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.CancelReason;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Phase;
import io.fengda.conversation.model.RecentIds;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Transcript;
import io.fengda.proto.journal.v1.CustomerMessage;
import io.fengda.proto.journal.v1.MessageReceived;
import io.fengda.proto.journal.v1.Pending;
import io.fengda.proto.journal.v1.ReplyGenerated;
import io.fengda.proto.journal.v1.TurnCancelled;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;

/** Events and snapshots to and from {@code proto/fengda/journal/v1}. */
final class JournalCodec {
  /** Of a log that nobody erased; snapshots do not say it. */
  private static final long FIRST_SEQ = 1;

  private JournalCodec() {}

  static MessageReceived write(ConversationEvent.MessageReceived event) {
    return MessageReceived.newBuilder()
        .setSeq(event.seq())
        .setMessageId(event.messageId().value())
        .setDigest(event.digest().value())
        .setText(event.text())
        .setChannel(write(event.channel()))
        .setLanguage(event.language().tag())
        .setAtEpochMillis(event.at().toEpochMilli())
        .setTraceparent(event.trace())
        .setJoinsTurn(event.joinsTurn())
        .build();
  }

  static ConversationEvent read(MessageReceived event) {
    return new ConversationEvent.MessageReceived(
        event.getSeq(),
        new MessageId(event.getMessageId()),
        new Digest(event.getDigest()),
        event.getText(),
        read(event.getChannel()),
        Language.ofTag(event.getLanguage()),
        event.getTraceparent(),
        event.getJoinsTurn(),
        Instant.ofEpochMilli(event.getAtEpochMillis()));
  }

  static ReplyGenerated write(ConversationEvent.ReplyGenerated event) {
    return write(event.reply()).setLeavesTurnOpen(event.leavesTurnOpen()).build();
  }

  static ConversationEvent read(ReplyGenerated event) {
    return new ConversationEvent.ReplyGenerated(readReply(event), event.getLeavesTurnOpen());
  }

  static TurnCancelled write(ConversationEvent.TurnCancelled event) {
    return TurnCancelled.newBuilder()
        .addAllCovers(event.covers())
        .setReason(write(event.reason()))
        .setAtEpochMillis(event.at().toEpochMilli())
        .setLeavesTurnOpen(event.leavesTurnOpen())
        .build();
  }

  static ConversationEvent read(TurnCancelled event) {
    return new ConversationEvent.TurnCancelled(
        event.getCoversList(),
        read(event.getReason()),
        Instant.ofEpochMilli(event.getAtEpochMillis()),
        event.getLeavesTurnOpen());
  }

  static io.fengda.proto.journal.v1.ConversationErased write(
      ConversationEvent.ConversationErased event) {
    return io.fengda.proto.journal.v1.ConversationErased.newBuilder()
        .setAtEpochMillis(event.at().toEpochMilli())
        .setNextSeq(event.nextSeq())
        .build();
  }

  static ConversationEvent read(io.fengda.proto.journal.v1.ConversationErased event) {
    return new ConversationEvent.ConversationErased(
        event.getNextSeq(), Instant.ofEpochMilli(event.getAtEpochMillis()));
  }

  static io.fengda.proto.journal.v1.Conversation write(Conversation conversation) {
    var builder =
        io.fengda.proto.journal.v1.Conversation.newBuilder()
            .setFirstSeq(conversation.firstSeq() == FIRST_SEQ ? 0 : conversation.firstSeq())
            .setNextSeq(conversation.nextSeq());
    for (long value : conversation.recentIds().toLongs()) {
      builder.addRecentIds(value);
    }
    conversation.transcript().messages().forEach(message -> builder.addMessages(write(message)));
    if (conversation.phase()
        instanceof Phase.TurnOpen(Phase.Turn turn, List<Phase.Pending> waiting)) {
      turn.messages().forEach(pending -> builder.addOpenTurn(write(pending)));
      builder.setOpenTurnOpenedAtEpochMillis(turn.openedAt().toEpochMilli());
      waiting.forEach(pending -> builder.addWaiting(write(pending)));
    }
    return builder.build();
  }

  static Conversation read(io.fengda.proto.journal.v1.Conversation conversation) {
    return new Conversation(
        Math.max(FIRST_SEQ, conversation.getFirstSeq()),
        conversation.getNextSeq(),
        RecentIds.ofLongs(
            conversation.getRecentIdsList().stream().mapToLong(Long::longValue).toArray()),
        Transcript.of(conversation.getMessagesList().stream().map(JournalCodec::read).toList()),
        readPhase(conversation));
  }

  private static Phase readPhase(io.fengda.proto.journal.v1.Conversation conversation) {
    return conversation.getOpenTurnCount() == 0
        ? new Phase.Idle()
        : new Phase.TurnOpen(
            new Phase.Turn(
                conversation.getOpenTurnList().stream().map(JournalCodec::read).toList(),
                Instant.ofEpochMilli(conversation.getOpenTurnOpenedAtEpochMillis())),
            conversation.getWaitingList().stream().map(JournalCodec::read).toList());
  }

  private static Pending write(Phase.Pending pending) {
    return Pending.newBuilder()
        .setSeq(pending.seq())
        .setLanguage(pending.language().tag())
        .setTraceparent(pending.trace())
        .build();
  }

  private static Phase.Pending read(Pending pending) {
    return new Phase.Pending(
        pending.getSeq(), Language.ofTag(pending.getLanguage()), pending.getTraceparent());
  }

  private static io.fengda.proto.journal.v1.Message write(Message message) {
    var builder = io.fengda.proto.journal.v1.Message.newBuilder();
    return switch (message) {
      case Message.FromCustomer said ->
          builder
              .setCustomer(
                  CustomerMessage.newBuilder()
                      .setSeq(said.seq())
                      .setMessageId(said.messageId().value())
                      .setText(said.text())
                      .setAtEpochMillis(said.createdAt().toEpochMilli())
                      .setOutcome(write(said.outcome())))
              .build();
      case Message.Reply reply -> builder.setReply(write(reply)).build();
    };
  }

  private static Message read(io.fengda.proto.journal.v1.Message message) {
    return switch (message.getMessageCase()) {
      case CUSTOMER -> read(message.getCustomer());
      case REPLY -> readReply(message.getReply());
      case MESSAGE_NOT_SET -> throw new IllegalArgumentException("a message of no kind");
    };
  }

  private static Message read(CustomerMessage said) {
    return new Message.FromCustomer(
        said.getSeq(),
        new MessageId(said.getMessageId()),
        said.getText(),
        Instant.ofEpochMilli(said.getAtEpochMillis()),
        read(said.getOutcome()));
  }

  private static ReplyGenerated.Builder write(Message.Reply reply) {
    var builder =
        ReplyGenerated.newBuilder()
            .setSeq(reply.seq())
            .addAllCovers(reply.covers())
            .setKind(write(reply.kind()))
            .setText(reply.text())
            .setVendor(reply.vendor())
            .setConfidence(reply.confidence())
            .setAttemptId(reply.attempt().value())
            .setAtEpochMillis(reply.createdAt().toEpochMilli());
    for (Citation citation : reply.citations()) {
      builder.addCitationsBuilder().setTitle(citation.title()).setSource(citation.source());
    }
    return builder;
  }

  private static Message.Reply readReply(ReplyGenerated reply) {
    return new Message.Reply(
        reply.getSeq(),
        reply.getCoversList(),
        read(reply.getKind()),
        reply.getText(),
        reply.getVendor(),
        reply.getConfidence(),
        reply.getCitationsList().stream()
            .map(citation -> new Citation(citation.getTitle(), citation.getSource()))
            .toList(),
        new AttemptId(reply.getAttemptId()),
        Instant.ofEpochMilli(reply.getAtEpochMillis()));
  }

  private static io.fengda.proto.journal.v1.Channel write(Channel channel) {
    return switch (channel) {
      case REST -> io.fengda.proto.journal.v1.Channel.CHANNEL_REST;
      case WEBSOCKET -> io.fengda.proto.journal.v1.Channel.CHANNEL_WEBSOCKET;
    };
  }

  private static Channel read(io.fengda.proto.journal.v1.Channel channel) {
    return switch (channel) {
      case CHANNEL_REST -> Channel.REST;
      case CHANNEL_WEBSOCKET -> Channel.WEBSOCKET;
      case CHANNEL_UNSPECIFIED, UNRECOGNIZED -> throw unknown(channel);
    };
  }

  private static io.fengda.proto.journal.v1.ReplyKind write(ReplyKind kind) {
    return switch (kind) {
      case ANSWER -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_ANSWER;
      case NO_ANSWER -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_NO_ANSWER;
      case HAND_OVER -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_HAND_OVER;
      case REFUSED -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_REFUSED;
      case VENDOR_TIMEOUT -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_VENDOR_TIMEOUT;
      case VENDOR_UNAVAILABLE -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_VENDOR_UNAVAILABLE;
      case VENDOR_ERROR -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_VENDOR_ERROR;
      case VENDOR_INVALID -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_VENDOR_INVALID;
      case NO_VENDOR -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_NO_VENDOR;
      case DEADLINE -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_DEADLINE;
      case ABANDONED -> io.fengda.proto.journal.v1.ReplyKind.REPLY_KIND_ABANDONED;
    };
  }

  private static ReplyKind read(io.fengda.proto.journal.v1.ReplyKind kind) {
    return switch (kind) {
      case REPLY_KIND_ANSWER -> ReplyKind.ANSWER;
      case REPLY_KIND_NO_ANSWER -> ReplyKind.NO_ANSWER;
      case REPLY_KIND_HAND_OVER -> ReplyKind.HAND_OVER;
      case REPLY_KIND_REFUSED -> ReplyKind.REFUSED;
      case REPLY_KIND_VENDOR_TIMEOUT -> ReplyKind.VENDOR_TIMEOUT;
      case REPLY_KIND_VENDOR_UNAVAILABLE -> ReplyKind.VENDOR_UNAVAILABLE;
      case REPLY_KIND_VENDOR_ERROR -> ReplyKind.VENDOR_ERROR;
      case REPLY_KIND_VENDOR_INVALID -> ReplyKind.VENDOR_INVALID;
      case REPLY_KIND_NO_VENDOR -> ReplyKind.NO_VENDOR;
      case REPLY_KIND_DEADLINE -> ReplyKind.DEADLINE;
      case REPLY_KIND_ABANDONED -> ReplyKind.ABANDONED;
      case REPLY_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown(kind);
    };
  }

  private static io.fengda.proto.journal.v1.CancelReason write(CancelReason reason) {
    return switch (reason) {
      case STOPPED -> io.fengda.proto.journal.v1.CancelReason.CANCEL_REASON_STOPPED;
      case INTERRUPTED -> io.fengda.proto.journal.v1.CancelReason.CANCEL_REASON_INTERRUPTED;
    };
  }

  private static CancelReason read(io.fengda.proto.journal.v1.CancelReason reason) {
    return switch (reason) {
      case CANCEL_REASON_STOPPED -> CancelReason.STOPPED;
      case CANCEL_REASON_INTERRUPTED -> CancelReason.INTERRUPTED;
      case CANCEL_REASON_UNSPECIFIED, UNRECOGNIZED -> throw unknown(reason);
    };
  }

  private static io.fengda.proto.journal.v1.Outcome write(Outcome outcome) {
    return switch (outcome) {
      case OPEN -> io.fengda.proto.journal.v1.Outcome.OUTCOME_OPEN;
      case ANSWER -> io.fengda.proto.journal.v1.Outcome.OUTCOME_ANSWER;
      case FALLBACK -> io.fengda.proto.journal.v1.Outcome.OUTCOME_FALLBACK;
      case CANCELLED -> io.fengda.proto.journal.v1.Outcome.OUTCOME_CANCELLED;
    };
  }

  private static Outcome read(io.fengda.proto.journal.v1.Outcome outcome) {
    return switch (outcome) {
      case OUTCOME_OPEN -> Outcome.OPEN;
      case OUTCOME_ANSWER -> Outcome.ANSWER;
      case OUTCOME_FALLBACK -> Outcome.FALLBACK;
      case OUTCOME_CANCELLED -> Outcome.CANCELLED;
      case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw unknown(outcome);
    };
  }

  private static IllegalArgumentException unknown(Enum<?> value) {
    return new IllegalArgumentException("written by a newer Fengda: " + value);
  }
}
