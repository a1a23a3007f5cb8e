package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.Inputs.IF_ABANDONED;
import static io.fengda.conversation.model.Inputs.LIVE;
import static io.fengda.conversation.model.Inputs.OTHER;
import static io.fengda.conversation.model.Inputs.delta;
import static io.fengda.conversation.model.Inputs.live;
import static io.fengda.conversation.model.Inputs.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fengda.conversation.model.Decision.Extend;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Ignore.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the state × input table that begin with {@code Delta}. */
class TurnRulesDeltaTest {
  private static final Ignore STALE = new Ignore(Reason.STALE_DELTA);
  private static final Conversation IDLE = conversation().received("m1").answered().build();
  private static final Conversation OPEN = conversation().received("m1").build();

  @Test
  void isDroppedWhileNobodyIsExpectedToAnswer() {
    assertEquals(STALE, decide(IDLE, null, delta(LIVE, 0, "text")));
    assertEquals(STALE, decide(OPEN, null, delta(LIVE, 0, "text")));
  }

  @Test
  void ofAnotherAttemptIsDropped() {
    Attempt live = live(1L);

    assertEquals(STALE, decide(OPEN, live, delta(OTHER, 0, "text")));
    assertEquals(STALE, decide(OPEN, extended(live, "te"), delta(OTHER, 2, "xt")));
  }

  @Test
  void ofTheLiveAttemptExtendsTheAnswer() {
    Attempt live = live(1L);

    Extend first = extend(live, delta(LIVE, 0, "Hello"));
    Extend second = extend(first.attempt(), delta(LIVE, 5, ", world"));

    assertEquals(new Attempt(LIVE, List.of(1L), live.deadline(), "Hello", 5), first.attempt());
    assertEquals(delta(LIVE, 0, "Hello"), first.news());
    assertEquals("Hello, world", second.attempt().partialText());
    assertEquals(12, second.attempt().partialCodePoints());
    assertEquals(delta(LIVE, 5, ", world"), second.news());
  }

  @Test
  void changesNothingByItself() {
    Attempt live = live(1L);

    assertInstanceOf(Extend.class, decide(OPEN, live, delta(LIVE, 0, "Hello")));

    assertEquals("", live.partialText());
    assertEquals(0, live.partialCodePoints());
  }

  @ParameterizedTest
  @CsvSource({"0,Hello", "0,H", "1,ello", "4,o", "5,''", "0,''", "2,''"})
  void withNothingNewIsDropped(int offset, String text) {
    Attempt hello = extended(live(1L), "Hello");

    Decision decision = decide(OPEN, hello, delta(LIVE, offset, text));

    assertEquals(STALE, decision);
  }

  @ParameterizedTest
  @CsvSource({"6,x", "7,world", "2147483647,x"})
  void thatLeavesAGapIsDropped(int offset, String text) {
    Attempt hello = extended(live(1L), "Hello");

    Decision decision = decide(OPEN, hello, delta(LIVE, offset, text));

    assertEquals(STALE, decision);
  }

  @ParameterizedTest
  @CsvSource({"0,Hello!", "3,lo!", "5,!"})
  void thatOverlapsExtendsByItsNewPartOnly(int offset, String text) {
    Attempt hello = extended(live(1L), "Hello");

    Extend extend = extend(hello, delta(LIVE, offset, text));

    assertEquals("Hello!", extend.attempt().partialText());
    assertEquals(6, extend.attempt().partialCodePoints());
    assertEquals(delta(LIVE, 5, "!"), extend.news());
  }

  @Test
  void countsItsOffsetInCodePoints() {
    Attempt partial = extended(live(1L), "a😀中");

    Extend next = extend(partial, delta(LIVE, 3, "😁b"));

    assertEquals("a😀中😁b", next.attempt().partialText());
    assertEquals(5, next.attempt().partialCodePoints());
    assertEquals(delta(LIVE, 3, "😁b"), next.news());
    assertEquals(STALE, decide(OPEN, partial, delta(LIVE, 4, "😁b")));
  }

  @Test
  void isNeverCutInsideACodePoint() {
    Attempt partial = extended(live(1L), "a😀");

    Extend fromTheStart = extend(partial, delta(LIVE, 0, "a😀😁😂"));
    Extend fromTheMiddle = extend(partial, delta(LIVE, 1, "😀😁😂"));

    assertEquals("a😀😁😂", fromTheStart.attempt().partialText());
    assertEquals(4, fromTheStart.attempt().partialCodePoints());
    assertEquals(delta(LIVE, 2, "😁😂"), fromTheStart.news());
    assertEquals(fromTheStart, fromTheMiddle);
    assertEquals(STALE, decide(OPEN, partial, delta(LIVE, 1, "😀")));
  }

  private static Attempt extended(Attempt attempt, String text) {
    return extend(attempt, delta(attempt.id(), attempt.partialCodePoints(), text)).attempt();
  }

  private static Extend extend(Attempt attempt, Input.Delta delta) {
    return assertInstanceOf(Extend.class, decide(OPEN, attempt, delta));
  }

  private static Decision decide(
      Conversation conversation, @Nullable Attempt attempt, Input.Delta delta) {
    return rules(LIMITS).decide(conversation, attempt, delta, START, IF_ABANDONED);
  }
}
