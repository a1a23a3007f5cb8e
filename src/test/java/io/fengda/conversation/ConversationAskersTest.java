package io.fengda.conversation;

import static io.fengda.conversation.TestNode.BANK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who asks for the end of a turn is told it once, however often and wherever they ask. */
class ConversationAskersTest {
  private static final TestSystem SYSTEM = TestSystem.get();
  private static final int ASKERS_MAX = 8;

  private final TestNode node = TestNode.create();
  private final TestConversation conversation = TestConversation.start(SYSTEM, node, BANK);

  @Test
  void anAskerIsToldTheReplyAndNothingBefore() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    Query query = node.queries().next();
    conversation.expectNothingMore();

    conversation.answer(query, "七天内。");

    conversation.expectDone();
    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(ended(conversation.log(), Outcome.ANSWER), ended);
  }

  @Test
  void everyAskerOfAMessageIsTold() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    Query query = node.queries().next();
    conversation.expectNothingMore();

    conversation.answered(query, "七天内。");

    var told =
        List.of(conversation.expect(Receipt.Ended.class), conversation.expect(Receipt.Ended.class));
    assertEquals(Collections.nCopies(2, ended(conversation.log(), Outcome.ANSWER)), told);
    assertEquals(2, conversation.journal().size());
  }

  @Test
  void theLastAskersOfAMessageAreTold() throws Exception {
    for (int attempt = 0; attempt <= ASKERS_MAX; attempt++) {
      conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    }
    Query query = node.queries().next();

    conversation.answered(query, "七天内。");

    var told = Stream.generate(() -> conversation.expect(Receipt.Ended.class)).limit(ASKERS_MAX);
    assertEquals(ASKERS_MAX, told.filter(end -> end.seq() == 1).count());
    conversation.expectNothingMore();
  }

  @Test
  void whoAsksAfterTheEndIsToldAtOnce() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.answered(query, "七天内。");

    conversation.sayAndAwaitEnd("m-1", "怎么退款？");

    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(ended(conversation.log(), Outcome.ANSWER), ended);
  }

  @Test
  void anAskerOfAMessageThatWaitsIsToldTheEndOfItsOwnTurn() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    conversation.sayAndAwaitEnd("m-2", "多久到账？");
    conversation.answered(first, "七天内。");
    Query second = node.queries().next();
    conversation.expectNothingMore();

    conversation.answered(second, "三天。");

    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(2, ended.seq());
    assertEquals(conversation.log().getLast(), ended.reply());
  }

  @Test
  void anAskerIsToldThatTheTurnWasStopped() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    var unused = node.queries().next();

    conversation.stopTurn();

    conversation.expectDone();
    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(
        new Receipt.Ended(
            new MessageId("m-1"), 1, Outcome.CANCELLED, conversation.said(1), 0, null),
        ended);
  }

  @Test
  void anAskerIsRefusedLikeAnyOther() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.sayAndAwaitEnd("m-1", "怎么付款？");

    assertEquals(
        new Receipt.Rejected(new MessageId("m-1"), Refusal.ID_REUSED),
        conversation.expect(Receipt.Rejected.class));
  }

  @Test
  void anAskerIsToldToAskAgainWhenTheEntityStops() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    var unused = node.queries().next();
    conversation.expectNothingMore();

    conversation.stopEntity();

    assertEquals(
        new Receipt.Unknown(new MessageId("m-1")), conversation.expect(Receipt.Unknown.class));
  }

  @Test
  void whoAsksAgainAfterARestartIsToldTheEnd() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    var lost = node.queries().next();
    conversation.restart();
    var unknown = conversation.expect(Receipt.Unknown.class);
    Query query = node.queries().next();

    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    conversation.answered(query, "七天内。");

    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(lost.covers(), query.covers());
    assertEquals(unknown.messageId(), ended.messageId());
    assertEquals(ended(conversation.log(), Outcome.ANSWER), ended);
  }

  @Test
  void whatIsNoLongerInMemoryIsLeftOutOfTheReceipt() throws Exception {
    TestConversation forgetful = TestConversation.start(SYSTEM, TestNode.remembering(2), BANK);
    for (int turn = 1; turn <= 2; turn++) {
      forgetful.answered(forgetful.asked("m-" + turn, "怎么退款？"), "七天内。");
    }

    forgetful.say("m-1", "怎么退款？");
    forgetful.sayAndAwaitEnd("m-1", "怎么退款？");

    MessageId id = new MessageId("m-1");
    assertEquals(new Receipt.Accepted(id, 1, true, null), forgetful.expect(Receipt.Accepted.class));
    assertEquals(
        new Receipt.Ended(id, 1, Outcome.ANSWER, null, 2, null),
        forgetful.expect(Receipt.Ended.class));
  }

  /** The receipt of the first message, when the log is that message and its reply. */
  private static Receipt.Ended ended(List<Message> log, Outcome outcome) {
    Message.FromCustomer said = (Message.FromCustomer) log.getFirst();
    return new Receipt.Ended(said.messageId(), 1, outcome, said, 2, (Message.Reply) log.getLast());
  }
}
