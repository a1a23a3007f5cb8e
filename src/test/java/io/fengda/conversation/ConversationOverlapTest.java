package io.fengda.conversation;

import static io.fengda.conversation.TestNode.INTERRUPTING;
import static io.fengda.conversation.TestNode.MERGING;
import static io.fengda.conversation.TestNode.REJECTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Messages that come while a turn is open, and erasures: what queries, cancels and tells follow.
 */
class ConversationOverlapTest {
  private static final TestSystem SYSTEM = TestSystem.get();

  private final TestNode node = TestNode.create();

  @Test
  void aBurstIsOneTurnWithOneReplyAndEachMessageKeepsItsSeq() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, MERGING);
    conversation.sayAndAwaitEnd("m-1", "我的订单");
    Query first = node.queries().next();
    conversation.sayAndAwaitEnd("m-2", "什么时候到？");
    Query second = node.queries().next();

    conversation.answered(first, "哪个订单？");
    conversation.expectNothingMore();
    conversation.answered(second, "明天到。");

    assertNotEquals(first.attempt(), second.attempt());
    assertEquals(List.of(1L, 2L), second.covers());
    assertEquals(List.of(first.attempt()), cancelled());
    for (long seq = 1; seq <= 2; seq++) {
      Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
      assertEquals(Outcome.ANSWER, ended.outcome());
      assertEquals(3, ended.replySeq());
    }
    assertEquals(3, conversation.log().size());
  }

  @Test
  void aMergedTurnSurvivesARestart() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, MERGING);
    var unused = conversation.asked("m-1", "我的订单");
    unused = conversation.asked("m-2", "什么时候到？");

    conversation.restart();

    assertEquals(List.of(1L, 2L), node.queries().next().covers());
  }

  @Test
  void aNewMessageTakesTheOldOnesPlaceAndItsVendorIsTold() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, INTERRUPTING);
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    Query first = node.queries().next();

    conversation.say("m-2", "算了，怎么换货？");

    assertEquals(2, conversation.expect(Receipt.Accepted.class).seq());
    Receipt.Ended ended = conversation.expect(Receipt.Ended.class);
    assertEquals(new MessageId("m-1"), ended.messageId());
    assertEquals(Outcome.CANCELLED, ended.outcome());
    assertEquals(List.of(2L), node.queries().next().covers());
    assertEquals(List.of(first.attempt()), cancelled());
    conversation.answered(first, "七天内。");
    conversation.expectNothingMore();
    node.awaitOpenTurns(1);
  }

  @Test
  void whereNoQueryCanBeHandedOutATurnIsNotCancelledForAnother() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, INTERRUPTING);
    Query query = conversation.asked("m-1", "怎么退款？");
    node.queries().hasNoRoom();

    conversation.say("m-2", "算了");

    assertEquals(Refusal.OVERLOADED, conversation.expect(Receipt.Rejected.class).refusal());
    conversation.answered(query, "七天内。");
    assertEquals(2, conversation.log().size());
  }

  @Test
  void aMessageIsRefusedWhileATurnIsOpen() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, REJECTING);
    Query query = conversation.asked("m-1", "怎么退款？");

    conversation.say("m-2", "怎么换货？");

    assertEquals(Refusal.TURN_OPEN, conversation.expect(Receipt.Rejected.class).refusal());
    conversation.answered(query, "七天内。");
    assertEquals(3, conversation.accepted("m-2", "怎么换货？").seq());
  }

  @Test
  void anErasureTellsWhoWaitsAndWhoWatchesAndEndsTheAttempt() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, TestNode.BANK);
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    Query query = node.queries().next();
    conversation.watch(1);
    var unused = conversation.expect(Update.CaughtUp.class);

    conversation.tell(new Command.Erase(0, conversation.probe().ref().narrow()));

    assertEquals(new Command.Erased(2), conversation.expect(Command.Erased.class));
    assertEquals(new Update.Erased(2), conversation.expect(Update.Erased.class));
    assertEquals(Refusal.ERASED, conversation.expect(Receipt.Rejected.class).refusal());
    assertEquals(List.of(query.attempt()), cancelled());
    node.awaitOpenTurns(0);
    assertEquals(List.of(), conversation.log());
    conversation.restart();
    assertEquals(2, conversation.accepted("m-1", "怎么退款？").seq());
  }

  @Test
  void anErasureIsRepeatedForWhoAsksAgainAndNotDoneForWhoKnowsTooLittle() throws Exception {
    TestConversation conversation = TestConversation.start(SYSTEM, node, TestNode.BANK);
    conversation.answered(conversation.asked("m-1", "怎么退款？"), "七天内。");

    conversation.tell(new Command.Erase(1, conversation.probe().ref().narrow()));
    Command.Erased tooLittle = conversation.expect(Command.Erased.class);
    conversation.tell(new Command.Erase(2, conversation.probe().ref().narrow()));
    Command.Erased expired = conversation.expect(Command.Erased.class);
    conversation.tell(new Command.Erase(0, conversation.probe().ref().narrow()));
    Command.Erased again = conversation.expect(Command.Erased.class);

    assertEquals(new Command.Erased(0), tooLittle);
    assertEquals(new Command.Erased(3), expired);
    assertEquals(new Command.Erased(3), again);
    assertEquals(3, conversation.journal().size());
  }

  private List<AttemptId> cancelled() {
    return node.queries().cancelled().stream().map(ScriptedQueries.Cancelled::attempt).toList();
  }
}
