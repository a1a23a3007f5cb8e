package io.fengda.journal;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.CancelReason;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Transcript;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;

/** What the golden files hold, one line each, in this order. New samples go to the end. */
final class JournalSamples {
  static final Instant AT = Instant.parse("2026-03-08T09:30:00.123Z");
  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  static final String HOURS = "营业时间是几点？";

  private static final List<Citation> CITATIONS =
      List.of(
          new Citation("营业时间", "https://bank.example/hours"),
          new Citation("Branches", "branches.md#opening-hours"));

  private JournalSamples() {}

  static List<MessageReceived> received() {
    return List.of(
        new MessageReceived(
            1,
            new MessageId("m-1"),
            new Digest(0x5c6816e707eaaaddL),
            HOURS,
            Channel.REST,
            Language.ZH,
            TRACE,
            false,
            AT),
        new MessageReceived(
            2,
            new MessageId("m-2"),
            new Digest(0x8c741a00978455e2L),
            "How do I get my money back? 😀",
            Channel.WEBSOCKET,
            Language.EN,
            "",
            false,
            Instant.EPOCH),
        new MessageReceived(
            3,
            new MessageId("m-3"),
            new Digest(0x7b1c2f218ddd506bL),
            "还有运费",
            Channel.WEBSOCKET,
            Language.ZH,
            TRACE,
            true,
            AT));
  }

  static List<ReplyGenerated> replied() {
    return List.of(
        replied(reply(2, List.of(1L), ReplyKind.ANSWER, "早上九点到下午五点。", 0.93, CITATIONS)),
        replied(without(ReplyKind.NO_ANSWER, "I do not know.")),
        replied(without(ReplyKind.HAND_OVER, "请稍等，正在为您转接。")),
        replied(without(ReplyKind.REFUSED, "That I may not say.")),
        replied(without(ReplyKind.VENDOR_TIMEOUT, "系统繁忙，请稍后再试")),
        replied(without(ReplyKind.VENDOR_UNAVAILABLE, "系统繁忙，请稍后再试")),
        replied(without(ReplyKind.VENDOR_ERROR, "系统繁忙，请稍后再试")),
        replied(without(ReplyKind.VENDOR_INVALID, "系统繁忙，请稍后再试")),
        replied(without(ReplyKind.NO_VENDOR, "系统繁忙，请稍后再试")),
        replied(
            new Message.Reply(
                300,
                List.of(297L, 298L),
                ReplyKind.DEADLINE,
                "系统繁忙，请稍后再试",
                "",
                0,
                List.of(),
                new AttemptId("attempt-300"),
                AT)),
        replied(without(ReplyKind.ABANDONED, "Sorry, we are busy.")),
        new ReplyGenerated(
            reply(2, List.of(1L), ReplyKind.ANSWER, "A line\nand another.", 1, List.of()), true));
  }

  static List<TurnCancelled> cancelled() {
    return List.of(
        new TurnCancelled(List.of(3L), CancelReason.STOPPED, AT, false),
        new TurnCancelled(List.of(5L, 6L), CancelReason.INTERRUPTED, AT, true));
  }

  static List<ConversationErased> erased() {
    return List.of(new ConversationErased(7, AT));
  }

  /** One in which a turn is open and another message waits, one at rest, and one erased. */
  static List<Conversation> conversations() {
    return List.of(
        new Conversation(
            1,
            9,
            RecentIds.ofLongs(
                new long[] {
                  0xa461b472cb41a9ecL, 0x3dee5c90cf8e4a78L, 0x5c6816e707eaaaddL, 1, ending(1, 2),
                  0x8ae2a41095969ce3L, 0xebefc08446532811L, 0x8c741a00978455e2L, 3, ending(2, 4),
                  0x6a7199fb975097d0L, 0x335b121ef4a21797L, 0x7b1c2f218ddd506bL, 5, ending(3, 0),
                  0x65c0a26039d777aeL, 0x2ef7c60e92e3ef7bL, 0x6b7589029582f8f7L, 6, ending(0, 0)
                }),
            Transcript.of(
                List.of(
                    said(1, HOURS, Outcome.ANSWER),
                    reply(2, List.of(1L), ReplyKind.ANSWER, "早上九点到下午五点。", 0.93, CITATIONS),
                    said(3, "怎么退款", Outcome.FALLBACK),
                    without(ReplyKind.NO_VENDOR, "系统繁忙，请稍后再试"),
                    said(5, "transfer my money", Outcome.CANCELLED),
                    said(6, "算了", Outcome.OPEN),
                    said(7, "and my card", Outcome.OPEN),
                    said(8, "还有", Outcome.OPEN))),
            new TurnOpen(
                new Turn(
                    List.of(new Pending(6, Language.ZH, TRACE), new Pending(7, Language.EN, "")),
                    AT),
                List.of(new Pending(8, Language.ZH, TRACE)))),
        new Conversation(
            1,
            2,
            RecentIds.none(),
            Transcript.of(List.of(said(1, "好的", Outcome.CANCELLED))),
            new Idle()),
        new Conversation(7, 7, RecentIds.none(), Transcript.empty(), new Idle()));
  }

  private static long ending(long outcomeCode, long replySeq) {
    return outcomeCode << 56 | replySeq;
  }

  private static ReplyGenerated replied(Message.Reply reply) {
    return new ReplyGenerated(reply, false);
  }

  private static Message.Reply without(ReplyKind kind, String text) {
    return reply(4, List.of(3L), kind, text, 0, List.of());
  }

  private static Message.Reply reply(
      long seq,
      List<Long> covers,
      ReplyKind kind,
      String text,
      double confidence,
      List<Citation> citations) {
    return new Message.Reply(
        seq,
        covers,
        kind,
        text,
        "answerer",
        confidence,
        citations,
        new AttemptId("attempt-" + seq),
        AT.plusMillis(87));
  }

  private static Message.FromCustomer said(long seq, String text, Outcome outcome) {
    return new Message.FromCustomer(
        seq, new MessageId("said-" + seq), text, AT.plusSeconds(seq), outcome);
  }
}
