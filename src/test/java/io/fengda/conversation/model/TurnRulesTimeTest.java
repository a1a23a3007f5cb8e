package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.ConversationBuilder.open;
import static io.fengda.conversation.model.Inputs.ABANDON_AFTER;
import static io.fengda.conversation.model.Inputs.FALLBACK_EN;
import static io.fengda.conversation.model.Inputs.FALLBACK_ZH;
import static io.fengda.conversation.model.Inputs.IF_ABANDONED;
import static io.fengda.conversation.model.Inputs.LIVE;
import static io.fengda.conversation.model.Inputs.OTHER;
import static io.fengda.conversation.model.Inputs.live;
import static io.fengda.conversation.model.Inputs.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Decision.BeginAttempt;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Ignore.Reason;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code Deadline}, {@code Stop} and {@code Wake} of the state × input table. */
class TurnRulesTimeTest {
  private static final Instant NOW = START.plusSeconds(30);
  private static final Ignore STALE_DEADLINE = new Ignore(Reason.STALE_DEADLINE);
  private static final Ignore NOTHING_OPEN = new Ignore(Reason.NOTHING_OPEN);
  private static final Input.Deadline DEADLINE = new Input.Deadline(LIVE);
  private static final Input.Stop STOP = new Input.Stop();
  private static final Input.Wake WAKE = new Input.Wake();
  private static final Conversation IDLE = conversation().received("m1").answered().build();
  private static final Conversation OPEN = conversation().received("m1").build();
  private static final Conversation WAITING = conversation().received("m1", "m2").build();

  @Test
  void theDeadlineOfTheLiveAttemptEndsTheTurnWithTheFallback() {
    assertEquals(replied(deadline(2, FALLBACK_EN), false), decide(OPEN, live(1L), DEADLINE, NOW));
    assertEquals(replied(deadline(3, FALLBACK_EN), true), decide(WAITING, live(1L), DEADLINE, NOW));
  }

  @Test
  void theFallbackIsInTheCustomersLanguage() {
    Conversation chinese = conversation().said("m1", "你好", Language.ZH).build();
    Instant muchLater = START.plusSeconds(3_600);

    assertEquals(
        replied(deadline(2, FALLBACK_ZH), false), decide(chinese, live(1L), DEADLINE, NOW));
    assertEquals(
        replied(abandoned(2, FALLBACK_ZH, muchLater), false),
        decide(chinese, null, WAKE, muchLater));
  }

  @Test
  void theDeadlineOfAnotherAttemptIsStale() {
    Input.Deadline other = new Input.Deadline(OTHER);

    assertEquals(STALE_DEADLINE, decide(OPEN, live(1L), other, NOW));
    assertEquals(STALE_DEADLINE, decide(OPEN, null, DEADLINE, NOW));
    assertEquals(STALE_DEADLINE, decide(IDLE, null, DEADLINE, NOW));
  }

  @Test
  void whatWasStreamedBeforeTheDeadlineIsNotTheReply() {
    Attempt halfway = new Attempt(LIVE, List.of(1L), NOW, "It is", 5);

    Decision decision = decide(OPEN, halfway, DEADLINE, NOW);

    assertEquals(replied(deadline(2, FALLBACK_EN), false), decision);
  }

  @Test
  void stopDoesNothingWhileNoTurnIsOpen() {
    assertEquals(NOTHING_OPEN, decide(IDLE, null, STOP, NOW));
    assertEquals(NOTHING_OPEN, decide(Conversation.empty(), null, STOP, NOW));
  }

  @Test
  void stopCancelsTheOpenTurnAndNoneThatWaits() {
    assertEquals(stopped(1, false), decide(OPEN, live(1L), STOP, NOW));
    assertEquals(stopped(1, true), decide(WAITING, live(1L), STOP, NOW));
    assertEquals(stopped(1, false), decide(OPEN, null, STOP, NOW));
  }

  @Test
  void wakeDoesNothingWhileNoTurnIsOpen() {
    Instant muchLater = START.plusSeconds(3_600);

    assertEquals(NOTHING_OPEN, decide(IDLE, null, WAKE, NOW));
    assertEquals(NOTHING_OPEN, decide(IDLE, null, WAKE, muchLater));
    assertEquals(NOTHING_OPEN, decide(Conversation.empty(), null, WAKE, muchLater));
  }

  @Test
  void wakeDoesNothingWhileSomebodyWorksOnTheTurnHoweverOldItIs() {
    Instant muchLater = START.plusSeconds(3_600);

    assertEquals(NOTHING_OPEN, decide(OPEN, live(1L), WAKE, NOW));
    assertEquals(NOTHING_OPEN, decide(OPEN, live(1L), WAKE, muchLater));
  }

  @Test
  void wakeBeginsAnAttemptAtATurnThatNobodyWorksOn() {
    assertEquals(new BeginAttempt(), decide(OPEN, null, WAKE, START));
    assertEquals(new BeginAttempt(), decide(OPEN, null, WAKE, START.plus(ABANDON_AFTER)));
  }

  @Test
  void wakeEndsATurnThatIsTooOldWithTheFallback() {
    Instant tooLate = START.plus(ABANDON_AFTER).plusMillis(1);

    assertEquals(
        replied(abandoned(2, FALLBACK_EN, tooLate), false), decide(OPEN, null, WAKE, tooLate));
    assertEquals(
        replied(abandoned(3, FALLBACK_EN, tooLate), true), decide(WAITING, null, WAKE, tooLate));
  }

  @Test
  void anAttemptAtATurnThatIsOverIsNoWorkOnTheOpenOne() {
    Conversation second = conversation().received("m1", "m2").answered().build();

    assertEquals(new BeginAttempt(), decide(second, live(1L), WAKE, NOW));
  }

  @Test
  void aWaitingMessageIsAsOldAsTheTimeItWasTakenUp() {
    Conversation second = conversation().received("m1", "m2").answered().build();
    Instant takenUp = open(second).turn().openedAt();

    assertEquals(START.plusSeconds(2), takenUp);
    assertEquals(new BeginAttempt(), decide(second, null, WAKE, takenUp.plus(ABANDON_AFTER)));
  }

  @Test
  void anAttemptIsNeededWhereTheOpenTurnHasNone() {
    Conversation second = conversation().received("m1", "m2").answered().build();

    assertFalse(TurnRules.needsAttempt(IDLE, null));
    assertFalse(TurnRules.needsAttempt(IDLE, live(1L)));
    assertTrue(TurnRules.needsAttempt(OPEN, null));
    assertFalse(TurnRules.needsAttempt(OPEN, live(1L)));
    assertFalse(TurnRules.needsAttempt(WAITING, live(1L)));
    assertTrue(TurnRules.needsAttempt(second, live(1L)));
    assertFalse(TurnRules.needsAttempt(second, live(2L)));
  }

  private static Decision decide(
      Conversation conversation, @Nullable Attempt attempt, Input input, Instant now) {
    return rules(LIMITS).decide(conversation, attempt, input, now, IF_ABANDONED);
  }

  private static Message.Reply deadline(long seq, String text) {
    return fallback(seq, ReplyKind.DEADLINE, text, LIVE, NOW);
  }

  private static Message.Reply abandoned(long seq, String text, Instant at) {
    return fallback(seq, ReplyKind.ABANDONED, text, IF_ABANDONED, at);
  }

  private static Message.Reply fallback(
      long seq, ReplyKind kind, String text, AttemptId attempt, Instant at) {
    return new Message.Reply(seq, List.of(1L), kind, text, "", 0, List.of(), attempt, at);
  }

  private static Decision replied(Message.Reply reply, boolean leavesTurnOpen) {
    return new Persist(List.of(new ReplyGenerated(reply, leavesTurnOpen)));
  }

  private static Decision stopped(long seq, boolean leavesTurnOpen) {
    return new Persist(
        List.of(new TurnCancelled(List.of(seq), CancelReason.STOPPED, NOW, leavesTurnOpen)));
  }
}
