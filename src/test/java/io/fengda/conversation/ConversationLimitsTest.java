package io.fengda.conversation;

import static io.fengda.conversation.TestNode.BANK;
import static io.fengda.conversation.TestNode.HASTY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Refusal;
import io.fengda.conversation.model.ReplyKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the workers cannot keep up with is refused before it is accepted. */
class ConversationLimitsTest {
  private static final TestSystem SYSTEM = TestSystem.get();

  private final TestNode node = TestNode.create();

  @Test
  void aTenantHasNoMoreOpenTurnsThanItMay() throws Exception {
    openTurns(BANK, TestNode.BANK_OPEN_TURNS_MAX);
    TestConversation oneMore = start(BANK);
    TestConversation another = start(HASTY);

    oneMore.say("m-1", "怎么退款？");
    var refused = oneMore.expect(Receipt.Rejected.class);
    var accepted = another.accepted("m-1", "怎么退款？");

    assertEquals(new Receipt.Rejected(new MessageId("m-1"), Refusal.TENANT_OPEN_TURNS), refused);
    assertEquals(List.of(), oneMore.journal());
    assertEquals(1, accepted.seq());
  }

  @Test
  void aNodeHasNoMoreOpenTurnsThanItMay() throws Exception {
    openTurns("elsewhere", 3);
    TestConversation oneMore = start(BANK);

    oneMore.say("m-1", "怎么退款？");

    assertEquals(
        new Receipt.Rejected(new MessageId("m-1"), Refusal.OVERLOADED),
        oneMore.expect(Receipt.Rejected.class));
    assertEquals(List.of(), oneMore.journal());
    node.awaitOpenTurns(3);
  }

  @Test
  void whoWasRefusedForATenantsLimitTakesNoPlaceOfTheNode() throws Exception {
    openTurns(BANK, TestNode.BANK_OPEN_TURNS_MAX);
    TestConversation oneMore = start(BANK);

    oneMore.say("m-1", "怎么退款？");

    var unused = oneMore.expect(Receipt.Rejected.class);
    node.awaitOpenTurns(TestNode.BANK_OPEN_TURNS_MAX);
  }

  @Test
  void whoWasRefusedMaySendTheSameAgain() throws Exception {
    TestConversation first = start(BANK);
    Query query = first.asked("m-1", "怎么退款？");
    openTurns(BANK, 1);
    TestConversation second = start(BANK);
    second.say("m-1", "怎么退款？");
    var refused = second.expect(Receipt.Rejected.class);
    first.answered(query, "七天内。");
    first.expectNothingMore();

    var accepted = second.accepted("m-1", "怎么退款？");

    assertEquals(Refusal.TENANT_OPEN_TURNS, refused.refusal());
    assertEquals(1, accepted.seq());
  }

  @Test
  void aConversationHoldsOnePlaceForItsOpenTurnAndAllThatWaits() throws Exception {
    TestConversation conversation = start(BANK);
    Query first = conversation.asked("m-1", "怎么退款？");
    var unused = conversation.accepted("m-2", "多久到账？");
    node.awaitOpenTurns(1);

    conversation.answered(first, "七天内。");
    Query second = node.queries().next();
    conversation.expectNothingMore();
    node.awaitOpenTurns(1);

    conversation.answered(second, "三天。");
    conversation.expectNothingMore();
    node.awaitOpenTurns(0);
  }

  @Test
  void stoppingTheTurnGivesItsPlaceBack() throws Exception {
    TestConversation conversation = start(BANK);
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.stopTurn();

    conversation.expectDone();
    conversation.expectNothingMore();
    node.awaitOpenTurns(0);
  }

  @Test
  void aMessageIsRefusedWhereNoQueryCanLeave() {
    node.queries().hasNoRoom();
    TestConversation conversation = start(BANK);

    conversation.say("m-1", "怎么退款？");

    assertEquals(
        new Receipt.Rejected(new MessageId("m-1"), Refusal.OVERLOADED),
        conversation.expect(Receipt.Rejected.class));
    assertEquals(List.of(), conversation.journal());
    node.awaitOpenTurns(0);
    assertEquals(1, node.counted("fengda.refusals", "tenant", BANK, "reason", "OVERLOADED"));
  }

  @Test
  void aMessageThatWillWaitIsTakenWhereNoQueryCanLeave() throws Exception {
    TestConversation conversation = start(BANK);
    var unused = conversation.asked("m-1", "怎么退款？");
    node.queries().hasNoRoom();

    var accepted = conversation.accepted("m-2", "多久到账？");

    assertEquals(2, accepted.seq());
  }

  @Test
  void aTurnWhoseQueryIsLostEndsAtItsDeadline() {
    node.queries().losesQueries();
    TestConversation conversation = start(HASTY);

    conversation.sayAndAwaitEnd("m-1", "怎么退款？");

    var ended = conversation.expect(Receipt.Ended.class);
    assertEquals(2, ended.replySeq());
    assertEquals(
        1, node.counted("fengda.turns", "tenant", HASTY, "kind", ReplyKind.DEADLINE.name()));
    assertEquals(
        1,
        node.counted("fengda.records.lost", "topic", "fengda.queries.text", "reason", "no-room"));
  }

  private TestConversation start(String tenant) {
    return TestConversation.start(SYSTEM, node, tenant);
  }

  private void openTurns(String tenant, int turns) throws InterruptedException {
    for (int turn = 0; turn < turns; turn++) {
      var unused = start(tenant).asked("m-1", "怎么退款？");
    }
  }
}
