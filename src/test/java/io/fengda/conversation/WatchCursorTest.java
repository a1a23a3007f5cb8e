package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fengda.conversation.Update.Appended;
import io.fengda.conversation.Update.CaughtUp;
import io.fengda.conversation.Update.Erased;
import io.fengda.conversation.Update.Extended;
import io.fengda.conversation.Update.TurnEnded;
import io.fengda.conversation.WatchCursor.Progress;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.ReplyKind;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What passes the cursor comes once, in order and without a gap, whatever is lost or repeated. */
class WatchCursorTest {
  private static final AttemptId FIRST = new AttemptId("first");
  private static final AttemptId SECOND = new AttemptId("second");
  private static final Progress NOTHING = new Progress(List.of(), false);
  private static final Progress GAP = new Progress(List.of(), true);

  private final WatchCursor cursor = new WatchCursor(0);

  @Test
  void theNextMessagePasses() {
    Progress progress = cursor.pass(said(1));

    assertEquals(shown(said(1)), progress);
    assertEquals(1, cursor.lastSeq());
    assertEquals(List.of(1L), cursor.open());
  }

  @Test
  void aRepeatedMessageDoesNotPass() {
    passAll(said(1), replied(2, 1), said(3));

    List<Progress> again = Stream.of(said(1), replied(2, 1), said(3)).map(cursor::pass).toList();

    assertEquals(List.of(NOTHING, NOTHING, NOTHING), again);
    assertEquals(3, cursor.lastSeq());
  }

  @Test
  void aMessageAfterAGapWaitsUntilTheGapIsFilled() {
    cursor.pass(said(1));

    Progress progress = cursor.pass(said(3));

    assertEquals(GAP, progress);
    assertEquals(1, cursor.lastSeq());
    assertEquals(List.of(1L), cursor.open());
  }

  @Test
  void aMessageOfTheHistoryLeavesNoTurnOpen() {
    Progress progress = cursor.pass(said(1, Outcome.ANSWER));

    assertEquals(shown(said(1, Outcome.ANSWER)), progress);
    assertEquals(List.of(), cursor.open());
  }

  @Test
  void historyThatIsNotInMemoryIsAGap() {
    assertEquals(GAP, cursor.pass(new Update.Behind(1)));
  }

  @Test
  void theEndOfATurnPassesOnce() {
    cursor.pass(said(1));

    Progress first = cursor.pass(ended(Outcome.ANSWER, 1L));
    Progress second = cursor.pass(ended(Outcome.ANSWER, 1L));

    assertEquals(shown(ended(Outcome.ANSWER, 1L)), first);
    assertEquals(NOTHING, second);
    assertEquals(List.of(), cursor.open());
  }

  @Test
  void theEndOfATurnPassesForTheMessagesThatWereSeen() {
    cursor.pass(said(1));

    Progress progress = cursor.pass(ended(Outcome.CANCELLED, 1L, 2L));

    assertEquals(shown(ended(Outcome.CANCELLED, 1L)), progress);
  }

  @Test
  void deltasPassInOrder() {
    cursor.pass(said(1));

    List<Progress> told =
        Stream.of(delta(FIRST, 0, "七天"), delta(FIRST, 2, "内")).map(cursor::pass).toList();

    assertEquals(List.of(shown(delta(FIRST, 0, "七天")), shown(delta(FIRST, 2, "内"))), told);
    assertEquals(FIRST, cursor.attempt());
    assertEquals(3, cursor.offset());
  }

  @Test
  void aRepeatedDeltaDoesNotPass() {
    passAll(said(1), delta(FIRST, 0, "七天"), delta(FIRST, 2, "内"));

    Progress whole = cursor.pass(delta(FIRST, 0, "七天"));
    Progress inner = cursor.pass(delta(FIRST, 1, "天"));
    Progress empty = cursor.pass(delta(FIRST, 3, ""));

    assertEquals(List.of(NOTHING, NOTHING, NOTHING), List.of(whole, inner, empty));
    assertEquals(3, cursor.offset());
  }

  @Test
  void ofAnOverlappingDeltaOnlyTheNewsPasses() {
    passAll(said(1), delta(FIRST, 0, "七天"));

    Progress progress = cursor.pass(delta(FIRST, 1, "天内可以"));

    assertEquals(shown(delta(FIRST, 2, "内可以")), progress);
    assertEquals(5, cursor.offset());
  }

  @Test
  void aDeltaAfterAGapDoesNotPass() {
    passAll(said(1), delta(FIRST, 0, "七天"));

    Progress progress = cursor.pass(delta(FIRST, 3, "可以"));

    assertEquals(GAP, progress);
    assertEquals(2, cursor.offset());
  }

  @Test
  void aDeltaForAMessageNotYetSeenIsAGap() {
    Progress progress = cursor.pass(delta(FIRST, 0, "七天"));

    assertEquals(GAP, progress);
    assertNull(cursor.attempt());
  }

  @Test
  void aDeltaForATurnThatIsOverDoesNotPass() {
    passAll(said(1), ended(Outcome.CANCELLED, 1L));

    Progress progress = cursor.pass(delta(FIRST, 0, "七天"));

    assertEquals(NOTHING, progress);
  }

  @Test
  void aNewAttemptStartsOver() {
    passAll(said(1), delta(FIRST, 0, "七天内"));

    Progress progress = cursor.pass(delta(SECOND, 0, "You"));

    assertEquals(shown(delta(SECOND, 0, "You")), progress);
    assertEquals(SECOND, cursor.attempt());
    assertEquals(3, cursor.offset());
  }

  @Test
  void aNewAttemptThatWasMissedFromItsBeginningIsAGap() {
    passAll(said(1), delta(FIRST, 0, "七天内"));

    Progress missed = cursor.pass(delta(SECOND, 3, " may"));
    Progress whole =
        cursor.pass(
            new CaughtUp(1, 1, List.of(), List.of(), List.of(1L), delta(SECOND, 0, "You may")));

    assertEquals(GAP, missed);
    assertEquals(shown(delta(SECOND, 0, "You may")), whole);
  }

  @Test
  void supplementaryCharactersCountAsOneAndAreNeverCut() {
    passAll(said(1), delta(FIRST, 0, "😀😀"));

    Progress overlapping = cursor.pass(delta(FIRST, 1, "😀🎉好"));
    Progress next = cursor.pass(delta(FIRST, 4, "𠮷"));

    assertEquals(shown(delta(FIRST, 2, "🎉好")), overlapping);
    assertEquals(shown(delta(FIRST, 4, "𠮷")), next);
    assertEquals(5, cursor.offset());
  }

  @Test
  void theEndOfATurnForgetsItsPartialAnswer() {
    passAll(said(1), delta(FIRST, 0, "七天"), replied(2, 1));

    cursor.pass(ended(Outcome.ANSWER, 1L));

    assertNull(cursor.attempt());
    assertEquals(0, cursor.offset());
  }

  @Test
  void catchingUpShowsWhatIsMissingThenEndsThenThePartialAnswer() {
    cursor.pass(said(1));

    Progress progress =
        cursor.pass(
            new CaughtUp(
                1,
                3,
                List.of(replied(2, 1), said(3)),
                List.of(ended(Outcome.ANSWER, 1L)),
                List.of(3L),
                new Extended(3, SECOND, 0, "Yes")));

    assertEquals(
        shown(replied(2, 1), said(3), ended(Outcome.ANSWER, 1L), new Extended(3, SECOND, 0, "Yes")),
        progress);
    assertEquals(List.of(3L), cursor.open());
    assertEquals(SECOND, cursor.attempt());
  }

  @Test
  void catchingUpWithWhatWasSeenShowsNothing() {
    passAll(said(1), delta(FIRST, 0, "七天"));

    Progress progress =
        cursor.pass(
            new CaughtUp(1, 1, List.of(said(1)), List.of(), List.of(1L), delta(FIRST, 0, "七天")));

    assertEquals(NOTHING, progress);
  }

  @Test
  void catchingUpWithTooLittleIsAGap() {
    Progress progress =
        cursor.pass(new CaughtUp(1, 5, List.of(said(1)), List.of(), List.of(), null));

    assertEquals(new Progress(List.of(said(1)), true), progress);
    assertEquals(1, cursor.lastSeq());
  }

  @Test
  void whoComesBackInTheMiddleOfAStreamGetsWhatHasComeSoFarAndThenTheRest() {
    WatchCursor back = new WatchCursor(7);

    Progress resumed =
        back.pass(
            new CaughtUp(1, 7, List.of(), List.of(), List.of(7L), new Extended(7, FIRST, 0, "七天")));
    Progress next = back.pass(new Extended(7, FIRST, 2, "内"));
    Progress end = back.pass(ended(Outcome.ANSWER, 7L));

    assertEquals(shown(new Extended(7, FIRST, 0, "七天")), resumed);
    assertEquals(shown(new Extended(7, FIRST, 2, "内")), next);
    assertEquals(shown(ended(Outcome.ANSWER, 7L)), end);
  }

  @Test
  void aClaimBeyondTheEndIsTakenBackToTheEnd() {
    WatchCursor claims = new WatchCursor(999);

    Progress caughtUp = claims.pass(new CaughtUp(1, 3, List.of(), List.of(), List.of(3L), null));
    Progress next = claims.pass(replied(4, 3));

    assertEquals(NOTHING, caughtUp);
    assertEquals(shown(replied(4, 3)), next);
    assertEquals(List.of(3L), claims.open());
  }

  @Test
  void whatWasErasedIsNotMissing() {
    passAll(said(1), delta(FIRST, 0, "七天"));

    Progress erased = cursor.pass(new Erased(3));
    Progress repeated = cursor.pass(new Erased(3));
    Progress next = cursor.pass(said(3));

    assertEquals(shown(new Erased(3)), erased);
    assertEquals(NOTHING, repeated);
    assertEquals(shown(said(3)), next);
    assertEquals(List.of(3L), cursor.open());
    assertEquals(0, cursor.offset());
  }

  @Test
  void whoComesBackAfterAnErasureIsToldAndGoesOnBehindIt() {
    WatchCursor back = new WatchCursor(2);

    Progress caughtUp =
        back.pass(new CaughtUp(5, 5, List.of(said(5)), List.of(), List.of(5L), null));
    Progress behind = new WatchCursor(0).pass(new Update.Behind(5));

    assertEquals(shown(new Erased(5), said(5)), caughtUp);
    assertEquals(new Progress(List.of(new Erased(5)), true), behind);
  }

  private void passAll(Update... updates) {
    for (Update update : updates) {
      assertEquals(shown(update), cursor.pass(update));
    }
  }

  private static Progress shown(Update... updates) {
    return new Progress(List.of(updates), false);
  }

  private static Appended said(long seq) {
    return said(seq, Outcome.OPEN);
  }

  private static Appended said(long seq, Outcome outcome) {
    return new Appended(
        new Message.FromCustomer(
            seq, new MessageId("m-" + seq), "text " + seq, Instant.EPOCH, outcome));
  }

  private static Appended replied(long seq, long covered) {
    return new Appended(
        new Message.Reply(
            seq,
            List.of(covered),
            ReplyKind.ANSWER,
            "七天内。",
            "answerer",
            1,
            List.of(),
            FIRST,
            Instant.EPOCH));
  }

  /** A piece of the answer to the first message. */
  private static Extended delta(AttemptId attempt, int offset, String text) {
    return new Extended(1, attempt, offset, text);
  }

  private static TurnEnded ended(Outcome outcome, Long... seqs) {
    return new TurnEnded(List.of(seqs), outcome);
  }
}
