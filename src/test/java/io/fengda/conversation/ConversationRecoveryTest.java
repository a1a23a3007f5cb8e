package io.fengda.conversation;

import static io.fengda.conversation.TestNode.ABANDON_AFTER;
import static io.fengda.conversation.TestNode.BANK;
import static io.fengda.conversation.TestNode.DEADLINE;
import static io.fengda.conversation.TestNode.FALLBACK_ZH;
import static io.fengda.conversation.TestNode.START;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An entity that died goes on where its journal stopped, in every phase. */
class ConversationRecoveryTest {
  private static final TestSystem SYSTEM = TestSystem.get();

  private final TestNode node = TestNode.create();
  private final TestConversation conversation = TestConversation.start(SYSTEM, node, BANK);

  @Test
  void atRestItStaysAtRest() throws Exception {
    conversation.answered(conversation.asked("m-1", "怎么退款？"), "七天内。");
    var before = conversation.log();

    conversation.restart();

    assertEquals(0, node.counted("fengda.turns.redriven"));
    assertEquals(before, conversation.log());
    conversation.expectNothingMore();
    node.awaitOpenTurns(0);
    assertEquals(1, conversation.accepted("m-1", "怎么退款？").seq());
    assertEquals(3, conversation.accepted("m-2", "多久到账？").seq());
  }

  @Test
  void anOpenTurnIsTakenUpAgainWithANewAttempt() throws Exception {
    Query before = conversation.asked("m-1", "怎么退款？");
    node.clock().step(ABANDON_AFTER);

    conversation.restart();

    Query after = node.queries().next();
    assertEquals(1, node.counted("fengda.turns.redriven"));
    assertNotEquals(before.attempt(), after.attempt());
    assertEquals(
        new Query(
            before.conversation(),
            after.attempt(),
            before.questions(),
            before.context(),
            before.language(),
            START.plus(ABANDON_AFTER).plus(DEADLINE),
            before.trace()),
        after);
    conversation.expectNothingMore();
    assertEquals(1, conversation.journal().size());
  }

  @Test
  void anOpenTurnIsTakenUpBeforeThoseThatWait() throws Exception {
    var lost = conversation.asked("m-1", "怎么退款？");
    var waiting = conversation.accepted("m-2", "多久到账？");

    conversation.restart();

    Query first = node.queries().next();
    conversation.expectNothingMore();
    conversation.answered(first, "七天内。");
    Query second = node.queries().next();
    assertEquals(lost.covers(), first.covers());
    assertEquals(List.of(waiting.seq()), second.covers());
  }

  @Test
  void anOpenTurnThatIsTooOldGetsTheFallback() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");
    node.clock().step(ABANDON_AFTER.plusMillis(1));

    conversation.restart();

    await().until(() -> conversation.journal().size() == 2);
    ReplyGenerated last = (ReplyGenerated) conversation.journal().getLast();
    assertEquals(ReplyKind.ABANDONED, last.reply().kind());
    assertEquals(FALLBACK_ZH, last.reply().text());
    conversation.expectNothingMore();
    node.awaitOpenTurns(0);
  }

  @Test
  void whatWaitedBehindATurnThatIsTooOldIsTakenUp() throws Exception {
    var abandoned = conversation.asked("m-1", "怎么退款？");
    var waiting = conversation.accepted("m-2", "多久到账？");
    node.clock().step(ABANDON_AFTER.plusMillis(1));

    conversation.restart();

    Query next = node.queries().next();
    assertEquals(List.of(1L), abandoned.covers());
    assertEquals(List.of(waiting.seq()), next.covers());
    assertEquals(3, conversation.journal().size());
  }

  @Test
  void aMessageThatComesDuringRecoveryGivesATurnThatIsTooOldNoNewAttempt() throws Exception {
    var abandoned = conversation.asked("m-1", "怎么退款？");
    node.clock().step(ABANDON_AFTER.plusMillis(1));

    conversation.restart();
    var waiting = conversation.accepted("m-2", "多久到账？");

    assertEquals(List.of(waiting.seq()), node.queries().next().covers());
    assertEquals(List.of(1L), abandoned.covers());
    assertEquals(3, conversation.journal().size());
  }

  @Test
  void anOpenTurnTakesItsPlaceAgainEvenWhereThereIsNone() throws Exception {
    Query before = conversation.asked("m-1", "怎么退款？");
    conversation.stopEntity();
    node.awaitOpenTurns(0);
    for (int other = 0; other < TestNode.BANK_OPEN_TURNS_MAX; other++) {
      var unused = TestConversation.start(SYSTEM, node, BANK).asked("m-1", "怎么退款？");
    }

    conversation.startAgain();

    Query again = node.queries().next();
    assertEquals(before.questions(), again.questions());
    assertEquals(conversation.id(), again.conversation());
    node.awaitOpenTurns(TestNode.BANK_OPEN_TURNS_MAX + 1);
  }

  @Test
  void whatLeavesATurnOpenIsTagged() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    var waiting = conversation.accepted("m-2", "多久到账？");
    conversation.answered(first, "七天内。");
    conversation.stopTurn();
    conversation.expectDone();

    List<Long> tagged = SYSTEM.taggedOf(conversation.id(), "open");

    assertEquals(2, waiting.seq());
    assertEquals(4, conversation.journal().size());
    assertEquals(List.of(1L, 2L, 3L), tagged);
  }

  @Test
  void aMessageWhoseWriteFailedHasAnUnknownFate() {
    SYSTEM.journal().failNextPersisted(TestSystem.persistenceId(conversation.id()));

    conversation.say("m-1", "怎么退款？");

    assertEquals(
        new Receipt.Unknown(new MessageId("m-1")), conversation.expect(Receipt.Unknown.class));
    conversation.expectEntityStops();
    node.awaitOpenTurns(0);
    assertEquals(List.of(), node.queries().left());
  }

  @Test
  void aMessageWhoseWriteWasRejectedHasAnUnknownFate() {
    SYSTEM.journal().rejectNextPersisted(TestSystem.persistenceId(conversation.id()));

    conversation.say("m-1", "怎么退款？");

    assertEquals(
        new Receipt.Unknown(new MessageId("m-1")), conversation.expect(Receipt.Unknown.class));
    conversation.expectEntityStops();
    node.awaitOpenTurns(0);
  }

  @Test
  void anAskerWhoseWriteFailedIsToldOnce() {
    SYSTEM.journal().failNextPersisted(TestSystem.persistenceId(conversation.id()));

    conversation.sayAndAwaitEnd("m-1", "怎么退款？");

    var unknown = conversation.expect(Receipt.Unknown.class);
    conversation.expectEntityStops();
    conversation.startAgain();
    conversation.expectNothingMore();
    assertEquals(new MessageId("m-1"), unknown.messageId());
  }

  @Test
  void aMessageWhoseFateIsUnknownIsSentAgainAndAcceptedOnce() throws Exception {
    SYSTEM.journal().failNextPersisted(TestSystem.persistenceId(conversation.id()));
    conversation.say("m-1", "怎么退款？");
    var unknown = conversation.expect(Receipt.Unknown.class);
    conversation.expectEntityStops();
    conversation.startAgain();

    Query query = conversation.asked("m-1", "怎么退款？");

    assertEquals(new MessageId("m-1"), unknown.messageId());
    assertEquals(List.of(1L), query.covers());
    assertEquals(1, conversation.journal().size());
  }

  @Test
  void thoseWhoWaitAreToldWhenALaterWriteFails() throws Exception {
    conversation.sayAndAwaitEnd("m-1", "怎么退款？");
    var unused = node.queries().next();
    SYSTEM.journal().failNextPersisted(TestSystem.persistenceId(conversation.id()));

    conversation.say("m-2", "多久到账？");

    var told =
        List.of(
            conversation.expect(Receipt.Unknown.class).messageId(),
            conversation.expect(Receipt.Unknown.class).messageId());
    assertEquals(List.of(new MessageId("m-2"), new MessageId("m-1")), told);
    conversation.expectEntityStops();
    node.awaitOpenTurns(0);
  }

  @Test
  void aResultWhoseWriteFailedIsNotDoneAndTheTurnIsTakenUpAgain() throws Exception {
    Query before = conversation.asked("m-1", "怎么退款？");
    SYSTEM.journal().failNextPersisted(TestSystem.persistenceId(conversation.id()));

    conversation.answer(before, "七天内。");

    conversation.expectEntityStops();
    conversation.startAgain();
    Query after = node.queries().next();
    conversation.expectNothingMore();
    conversation.answered(before, "七天内。");
    assertEquals(before.covers(), after.covers());
    assertEquals(2, conversation.journal().size());
  }

  @Test
  void aConversationIsRecoveredFromItsSnapshot() throws Exception {
    TestConversation talk = TestConversation.start(SYSTEM, TestNode.snapshottingEvery(3), BANK);
    talk.answered(talk.asked("m-1", "怎么退款？"), "七天内。");
    Query open = talk.asked("m-2", "多久到账？");
    await().until(() -> SYSTEM.snapshotsOf(talk.id()).equals(List.of(3L)));
    var before = talk.log();

    talk.stopEntity();
    SYSTEM.journal().clearByIdPreservingSeqNumbers(TestSystem.persistenceId(talk.id()));
    talk.startAgain();

    assertEquals(before, talk.log());
    talk.answered(open, "三天。");
    assertEquals(1, talk.accepted("m-1", "怎么退款？").seq());
    assertEquals(3, talk.accepted("m-2", "多久到账？").seq());
    assertEquals(5, talk.accepted("m-3", "谢谢").seq());
  }

  @Test
  void onlyTheLastSnapshotIsKept() throws Exception {
    TestConversation many = TestConversation.start(SYSTEM, TestNode.snapshottingEvery(2), BANK);

    // One turn after the other: the journal in memory may forget a snapshot that is written while
    // an older one is deleted.
    for (int turn = 1; turn <= 4; turn++) {
      many.answered(many.asked("m-" + turn, "怎么退款？"), "七天内。");
      List<Long> last = List.of(2L * turn);
      await().untilAsserted(() -> assertEquals(last, SYSTEM.snapshotsOf(many.id())));
    }

    assertEquals(8, many.journal().size());
  }
}
