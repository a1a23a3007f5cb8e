package io.fengda.conversation;

import static io.fengda.conversation.TestNode.BANK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fengda.conversation.Update.Appended;
import io.fengda.conversation.Update.Behind;
import io.fengda.conversation.Update.CaughtUp;
import io.fengda.conversation.Update.Extended;
import io.fengda.conversation.Update.TurnEnded;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Query;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who holds a lease on a conversation is told what it missed, and then what happens, in order. */
class ConversationWatchTest {
  private static final TestSystem SYSTEM = TestSystem.get();

  private final TestNode node = TestNode.create();
  private final TestConversation conversation = TestConversation.start(SYSTEM, node, BANK);

  @Test
  void aNewConversationHasNothingToCatchUpWith() {
    conversation.watch(0);

    assertEquals(
        new CaughtUp(1, 0, List.of(), List.of(), List.of(), null),
        conversation.expect(CaughtUp.class));
  }

  @Test
  void aWatcherIsToldOfATurnInOrder() throws Exception {
    conversation.watch(0);
    var caughtUp = conversation.expect(CaughtUp.class);

    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.delta(query.attempt(), 0, "七天");
    conversation.delta(query.attempt(), 2, "内。");
    conversation.answer(query, "七天内。");

    var said = conversation.expect(Appended.class);
    var pieces = List.of(conversation.expect(Extended.class), conversation.expect(Extended.class));
    conversation.expectDone();
    var replied = conversation.expect(Appended.class);
    var ended = conversation.expect(TurnEnded.class);
    assertEquals(0, caughtUp.lastSeq());
    assertEquals(
        List.of(
            new Extended(1, query.attempt(), 0, "七天"), new Extended(1, query.attempt(), 2, "内。")),
        pieces);
    assertEquals(new TurnEnded(List.of(1L), Outcome.ANSWER), ended);
    assertEquals(List.of(1L, 2L), List.of(said.message().seq(), replied.message().seq()));
    assertEquals(conversation.log().getLast(), replied.message());
  }

  @Test
  void onlyTheNewsOfADeltaIsTold() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.watch(1);
    var unused = conversation.expect(CaughtUp.class);
    conversation.delta(query.attempt(), 0, "七天");

    conversation.delta(query.attempt(), 0, "七天");
    conversation.delta(query.attempt(), 1, "天😀内");
    conversation.delta(query.attempt(), 5, "too far");
    conversation.delta(new AttemptId("another"), 4, "of another attempt");

    assertEquals(new Extended(1, query.attempt(), 0, "七天"), conversation.expect(Extended.class));
    assertEquals(new Extended(1, query.attempt(), 2, "😀内"), conversation.expect(Extended.class));
    conversation.expectNothingMore();
    assertEquals(3, node.counted("fengda.ignored", "reason", "STALE_DELTA"));
  }

  @Test
  void renewingTellsWhatIsMissingAndHowTurnsEnded() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    conversation.answered(first, "七天内。");
    Query second = conversation.asked("m-2", "多久到账？");
    conversation.delta(second.attempt(), 0, "三😀天");
    var unused = conversation.accepted("m-3", "谢谢");

    conversation.watch(1, List.of(1L), first.attempt(), 3);

    CaughtUp caughtUp = conversation.expect(CaughtUp.class);
    List<Message> log = conversation.log();
    assertEquals(
        new CaughtUp(
            1,
            4,
            log.subList(1, 4).stream().map(Appended::new).toList(),
            List.of(new TurnEnded(List.of(1L), Outcome.ANSWER)),
            List.of(3L, 4L),
            new Extended(3, second.attempt(), 0, "三😀天")),
        caughtUp);
  }

  @Test
  void renewingInTheMiddleOfAStreamTellsTheRestOfIt() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.delta(query.attempt(), 0, "三😀天");

    conversation.watch(1, List.of(1L), query.attempt(), 2);

    assertEquals(
        new CaughtUp(
            1, 1, List.of(), List.of(), List.of(1L), new Extended(1, query.attempt(), 2, "天")),
        conversation.expect(CaughtUp.class));
  }

  @Test
  void renewingWithNothingMissingTellsNothing() throws Exception {
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.delta(query.attempt(), 0, "七天");

    conversation.watch(1, List.of(1L), query.attempt(), 2);

    assertEquals(
        new CaughtUp(1, 1, List.of(), List.of(), List.of(1L), null),
        conversation.expect(CaughtUp.class));
  }

  @Test
  void aClaimBeyondTheEndIsToldTheEnd() throws Exception {
    var unused = conversation.asked("m-1", "怎么退款？");

    conversation.watch(999, List.of(998L), new AttemptId("another"), 99);

    assertEquals(
        new CaughtUp(1, 1, List.of(), List.of(), List.of(1L), null),
        conversation.expect(CaughtUp.class));
  }

  @Test
  void whoIsBehindMemoryIsToldWhereItStarts() throws Exception {
    TestConversation forgetful = TestConversation.start(SYSTEM, TestNode.remembering(2), BANK);
    for (int turn = 1; turn <= 3; turn++) {
      forgetful.answered(forgetful.asked("m-" + turn, "怎么退款？"), "七天内。");
    }

    forgetful.watch(3);
    forgetful.watch(4);

    assertEquals(new Behind(1), forgetful.expect(Behind.class));
    assertEquals(2, forgetful.expect(CaughtUp.class).missing().size());
  }

  @Test
  void aLeaseHoldsForThreeRenewals() throws Exception {
    conversation.watch(0);
    var unused = conversation.expect(CaughtUp.class);
    node.clock().step(TestNode.LEASE_RENEWAL.multipliedBy(3));

    Query query = conversation.asked("m-1", "怎么退款？");

    assertEquals(1, conversation.expect(Appended.class).message().seq());
    node.clock().step(Duration.ofMillis(1));
    conversation.answered(query, "七天内。");
    conversation.expectNothingMore();
  }

  @Test
  void aLeaseThatRanOutIsTakenAgainWithWhatWasMissed() throws Exception {
    conversation.watch(0);
    var first = conversation.expect(CaughtUp.class);
    node.clock().step(TestNode.LEASE_RENEWAL.multipliedBy(4));
    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.expectNothingMore();

    conversation.watch(0);
    var again = conversation.expect(CaughtUp.class);
    conversation.delta(query.attempt(), 0, "七天");

    assertEquals(List.of(), first.missing());
    assertEquals(1, again.missing().size());
    assertEquals(new Extended(1, query.attempt(), 0, "七天"), conversation.expect(Extended.class));
  }

  @Test
  void whoStopsWatchingIsToldNothingMore() throws Exception {
    conversation.watch(0);
    var unused = conversation.expect(CaughtUp.class);

    conversation.unwatch();

    Query query = conversation.asked("m-1", "怎么退款？");
    conversation.answered(query, "七天内。");
    conversation.expectNothingMore();
  }

  @Test
  void stoppingATurnIsToldWithoutAReply() throws Exception {
    var query = conversation.asked("m-1", "怎么退款？");
    conversation.watch(1, List.of(1L), query.attempt(), 0);
    var caughtUp = conversation.expect(CaughtUp.class);

    conversation.stopTurn();

    conversation.expectDone();
    assertEquals(List.of(1L), caughtUp.open());
    assertEquals(
        new TurnEnded(List.of(1L), Outcome.CANCELLED), conversation.expect(TurnEnded.class));
    conversation.expectNothingMore();
  }

  @Test
  void afterARestartThePartialAnswerStartsAnew() throws Exception {
    Query first = conversation.asked("m-1", "怎么退款？");
    conversation.delta(first.attempt(), 0, "七天");
    conversation.expectNothingMore();
    conversation.restart();
    Query second = node.queries().next();

    conversation.watch(1, List.of(1L), first.attempt(), 2);
    conversation.delta(second.attempt(), 0, "十天");
    conversation.delta(first.attempt(), 2, "内。");

    assertNotEquals(first.attempt(), second.attempt());
    assertNull(conversation.expect(CaughtUp.class).partial());
    assertEquals(new Extended(1, second.attempt(), 0, "十天"), conversation.expect(Extended.class));
    conversation.expectNothingMore();
  }
}
