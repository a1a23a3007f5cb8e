package io.fengda.conversation;

import static io.fengda.conversation.TestNode.BANK;
import static io.fengda.conversation.TestNode.DEADLINE;
import static io.fengda.conversation.TestNode.FALLBACK_EN;
import static io.fengda.conversation.TestNode.FALLBACK_ZH;
import static io.fengda.conversation.TestNode.HASTY;
import static io.fengda.conversation.TestNode.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.fengda.conversation.ScriptedQueries.Cancelled;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.CancelReason;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Refusal;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Said;
import io.fengda.tenant.Language;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One turn after the other, each accepted in the journal and ended once. */
class ConversationEntityTest {
  private static final TestSystem SYSTEM = TestSystem.get();

  private final TestNode node = TestNode.create();
  private final TestConversation conversation = TestConversation.start(SYSTEM, node, BANK);

  @Test
  void aMessageIsInTheJournalBeforeItIsAccepted() {
    conversation.say("m-1", "怎么退款？");

    Receipt.Accepted accepted = conversation.expect(Receipt.Accepted.class);

    MessageId id = new MessageId("m-1");
    assertEquals(
        List.of(
            new MessageReceived(
                1, id, Digest.of("怎么退款？"), "怎么退款？", Channel.REST, Language.ZH, "", false, START)),
        conversation.journal());
    assertEquals(
        new Receipt.Accepted(
            id, 1, false, new Message.FromCustomer(1, id, "怎么退款？", START, Outcome.OPEN)),
        accepted);
  }

  @Test
  void anAcceptedMessageBringsAQueryWithItsDeadline() throws Exception {
    conversation.say("m-1", "怎么退款？");

    Query query = node.queries().next();

    assertEquals(
        new Query(
            conversation.id(),
            query.attempt(),
            List.of(new Query.Question(1, "怎么退款？")),
            List.of(),
            Language.ZH,
            START.plus(DEADLINE),
            ""),
        query);
  }

  @Test
  void aKnownIdGetsTheSameSeqAndBringsNothingNew() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    Receipt.Accepted again = conversation.accepted("m-1", "怎么退款？");

    assertEquals(new Receipt.Accepted(new MessageId("m-1"), 1, true, conversation.said(1)), again);
    conversation.expectNothingMore();
    assertEquals(1, conversation.journal().size());
  }

  @Test
  void aKnownIdWithAnotherTextIsRefused() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.say("m-1", "怎么付款？");

    assertEquals(
        new Receipt.Rejected(new MessageId("m-1"), Refusal.ID_REUSED),
        conversation.expect(Receipt.Rejected.class));
    conversation.expectNothingMore();
    assertEquals(1, conversation.journal().size());
  }

  @Test
  void aMessageWaitsForTheOpenTurnAndFollowsWithItsContext() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    assertEquals(2, conversation.accepted("m-2", "How long?").seq());
    conversation.expectNothingMore();
    node.clock().step(Duration.ofSeconds(30));

    conversation.answered(first, "七天内。");

    Query second = node.queries().next();
    assertNotEquals(first.attempt(), second.attempt());
    assertEquals(
        new Query(
            conversation.id(),
            second.attempt(),
            List.of(new Query.Question(2, "How long?")),
            List.of(Said.of(Said.Speaker.CUSTOMER, "怎么退款？"), Said.of(Said.Speaker.BOT, "七天内。")),
            Language.EN,
            START.plusSeconds(30).plus(DEADLINE),
            ""),
        second);
  }

  @Test
  void moreMessagesThanMayWaitAreRefused() throws Exception {
    var unused = conversation.asked("m-1", "one");
    var waits = List.of(conversation.accepted("m-2", "two"), conversation.accepted("m-3", "three"));

    conversation.say("m-4", "four");

    assertEquals(TestNode.WAITING_MAX, waits.size());
    assertEquals(
        new Receipt.Rejected(new MessageId("m-4"), Refusal.BUSY),
        conversation.expect(Receipt.Rejected.class));
    assertEquals(3, conversation.journal().size());
    assertEquals(1, node.counted("fengda.refusals", "tenant", BANK, "reason", "BUSY"));
  }

  @Test
  void anAnswerEndsTheTurnAndIsInTheJournalBeforeTheWorkerIsTold() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");

    conversation.answer(query, "七天内。");

    conversation.expectDone();
    assertEquals(
        new ReplyGenerated(reply(2, query, ReplyKind.ANSWER, "七天内。", "answerer", 0.9), false),
        conversation.journal().getLast());
    conversation.expectNothingMore();
    assertEquals(1, node.counted("fengda.turns", "tenant", BANK, "kind", "ANSWER"));
  }

  @Test
  void aTurnEndsAtItsDeadlineWithTheFallback() throws Exception {
    TestConversation hasty = TestConversation.start(SYSTEM, node, HASTY);
    hasty.sayAndAwaitEnd("m-1", "Where is my parcel?");
    Query query = node.queries().next();

    Receipt.Ended ended = hasty.expect(Receipt.Ended.class);

    Message.Reply fallback = reply(2, query, ReplyKind.DEADLINE, FALLBACK_EN, "", 0);
    assertEquals(fallback, ended.reply());
    assertEquals(new ReplyGenerated(fallback, false), hasty.journal().getLast());
  }

  @Test
  void theNextWaitingMessageHasADeadlineOfItsOwn() throws Exception {
    TestConversation hasty = TestConversation.start(SYSTEM, node, HASTY);
    hasty.sayAndAwaitEnd("m-1", "Where is my parcel?");
    hasty.sayAndAwaitEnd("m-2", "我的包裹在哪里？");

    List<Receipt.Ended> ends =
        List.of(hasty.expect(Receipt.Ended.class), hasty.expect(Receipt.Ended.class));

    assertEquals(List.of(1L, 2L), ends.stream().map(Receipt.Ended::seq).toList());
    assertEquals(List.of(3L, 4L), ends.stream().map(Receipt.Ended::replySeq).toList());
    Message.Reply last = assertInstanceOf(Message.Reply.class, ends.getLast().reply());
    assertEquals(FALLBACK_ZH, last.text());
  }

  @ParameterizedTest
  @CsvSource({"NO_ANSWER, 不知道", "HAND_OVER, 转人工", "REFUSED, 不能说", "VENDOR_ERROR, "})
  void aResultWithoutAnswerIsAFallbackThatKeepsItsKindAndText(ReplyKind kind, String text)
      throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    String sent = text == null ? "" : text;

    conversation.deliver(query.endedWithout(kind, "answerer", sent));

    conversation.expectDone();
    String expected = sent.isEmpty() ? FALLBACK_ZH : sent;
    assertEquals(
        new ReplyGenerated(
            reply(2, query, kind, expected, sent.isEmpty() ? "" : "answerer", 0), false),
        conversation.journal().getLast());
    assertEquals(Outcome.FALLBACK, conversation.said(1).outcome());
  }

  @Test
  void aResultOfAnEarlierAttemptAtTheOpenTurnIsTaken() throws Exception {
    Query early = conversation.asked("m-1", "怎么退款？");
    conversation.restart();
    Query late = node.queries().next();

    conversation.answered(early, "七天内。");

    assertNotEquals(early.attempt(), late.attempt());
    assertEquals(
        new ReplyGenerated(reply(2, early, ReplyKind.ANSWER, "七天内。", "answerer", 0.9), false),
        conversation.journal().getLast());
  }

  @Test
  void aResultForATurnThatIsOverIsDoneAndChangesNothing() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.answered(query, "七天内。");

    conversation.answered(query, "八天内。");

    assertEquals(2, conversation.journal().size());
    assertEquals(1, node.counted("fengda.ignored", "reason", "LATE_RESULT"));
  }

  @Test
  void aResultForAnEarlierTurnDoesNotEndTheOpenOne() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    conversation.answered(first, "七天内。");
    Query second = conversation.asked("m-2", "多久到账？");

    conversation.answered(first, "八天内。");

    conversation.expectNothingMore();
    assertEquals(3, conversation.journal().size());
    conversation.answered(second, "三天。");
    assertEquals(4, conversation.journal().size());
  }

  @Test
  void stoppingEndsTheTurnWithoutAReplyAndCancelsTheAttempt() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");

    conversation.stopTurn();

    conversation.expectDone();
    assertEquals(
        new TurnCancelled(List.of(1L), CancelReason.STOPPED, START, false),
        conversation.journal().getLast());
    conversation.expectNothingMore();
    assertEquals(
        List.of(new Cancelled(query.attempt(), query.deadline())), node.queries().cancelled());
  }

  @Test
  void stoppingATurnTakesUpTheNext() throws Exception {
    var stopped = conversation.asked("m-1", "怎么退款？");
    var waiting = conversation.accepted("m-2", "多久到账？");

    conversation.stopTurn();

    conversation.expectDone();
    Query next = node.queries().next();
    assertNotEquals(stopped.attempt(), next.attempt());
    assertEquals(List.of(waiting.seq()), next.covers());
    assertEquals(
        new TurnCancelled(List.of(1L), CancelReason.STOPPED, START, true),
        conversation.journal().getLast());
  }

  @Test
  void stoppingWhereNothingIsOpenChangesNothing() {
    conversation.stopTurn();

    conversation.expectDone();
    assertEquals(List.of(), conversation.journal());
    assertEquals(List.of(), node.queries().cancelled());
  }

  @Test
  void wakingATurnThatIsWorkedOnChangesNothing() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.tell(new Command.Wake(0));

    conversation.expectNothingMore();
    assertEquals(1, conversation.journal().size());
  }

  @Test
  void theDeadlineOfAnAttemptThatIsOverChangesNothing() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.tell(new Command.DeadlinePassed(new AttemptId("another")));

    conversation.expectNothingMore();
    assertEquals(1, conversation.journal().size());
    assertEquals(1, node.counted("fengda.ignored", "reason", "STALE_DEADLINE"));
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void aKnownIdIsKnownHoweverItsTurnEnded(Outcome outcome) throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    switch (outcome) {
      case OPEN -> {}
      case ANSWER -> conversation.answered(query, "七天内。");
      case FALLBACK -> {
        conversation.deliver(query.endedWithout(ReplyKind.NO_ANSWER, "answerer", ""));
        conversation.expectDone();
      }
      case CANCELLED -> {
        conversation.stopTurn();
        conversation.expectDone();
      }
    }

    Receipt.Accepted again = conversation.accepted("m-1", "怎么退款？");

    Message.FromCustomer said = conversation.said(1);
    assertEquals(new Receipt.Accepted(new MessageId("m-1"), 1, true, said), again);
    assertEquals(outcome, said.outcome());
  }

  private static Message.Reply reply(
      long seq, Query query, ReplyKind kind, String text, String vendor, double confidence) {
    return new Message.Reply(
        seq, query.covers(), kind, text, vendor, confidence, List.of(), query.attempt(), START);
  }
}
