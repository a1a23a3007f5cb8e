package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.Inputs.FALLBACK_EN;
import static io.fengda.conversation.model.Inputs.FALLBACK_ZH;
import static io.fengda.conversation.model.Inputs.IF_ABANDONED;
import static io.fengda.conversation.model.Inputs.LIVE;
import static io.fengda.conversation.model.Inputs.OTHER;
import static io.fengda.conversation.model.Inputs.live;
import static io.fengda.conversation.model.Inputs.result;
import static io.fengda.conversation.model.Inputs.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Ignore.Reason;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of the state × input table that begin with {@code Result}. */
class TurnRulesResultTest {
  private static final Instant NOW = START.plusSeconds(30);
  private static final Ignore LATE = new Ignore(Reason.LATE_RESULT);
  private static final Conversation OPEN = conversation().received("m1").build();
  private static final Conversation BOTH_OPEN =
      new Conversation(
          1,
          3,
          OPEN.recentIds(),
          OPEN.transcript(),
          new TurnOpen(new Turn(List.of(pending(1), pending(2)), START), List.of()));
  private static final Conversation SECOND_OPEN =
      conversation().received("m1", "m2", "m3").answered().build();

  @Test
  void isPersistedWithAllThatCameWithIt() {
    List<Citation> citations = List.of(new Citation("Fees", "https://harbor.example/fees"));
    Input.Result result =
        new Input.Result(
            LIVE, List.of(1L), ReplyKind.ANSWER, "It is free.", "ask", 0.75, citations);

    Decision decision = decide(OPEN, live(1L), result);

    assertEquals(
        new Persist(
            List.of(
                new ReplyGenerated(
                    new Message.Reply(
                        2,
                        List.of(1L),
                        ReplyKind.ANSWER,
                        "It is free.",
                        "ask",
                        0.75,
                        citations,
                        LIVE,
                        NOW),
                    false))),
        decision);
  }

  @Test
  void leavesATurnOpenWhereAMessageWaits() {
    Conversation waiting = conversation().received("m1", "m2").build();

    assertTrue(reply(waiting, live(1L), result(LIVE, 1L)).leavesTurnOpen());
    assertFalse(reply(OPEN, live(1L), result(LIVE, 1L)).leavesTurnOpen());
  }

  @Test
  void ofAnotherAttemptAtTheSameTurnEndsItToo() {
    Message.Reply reply = reply(OPEN, live(1L), result(OTHER, 1L)).reply();

    assertEquals(OTHER, reply.attempt());
    assertEquals(List.of(1L), reply.covers());
  }

  @Test
  void endsTheTurnOfAnEntityThatHasNoAttempt() {
    Message.Reply reply = reply(OPEN, null, result(OTHER, 1L)).reply();

    assertEquals(OTHER, reply.attempt());
    assertEquals(2, reply.seq());
  }

  @Test
  void thatCoversMoreThanTheTurnEndsTheTurnOnly() {
    Message.Reply reply = reply(SECOND_OPEN, live(2L), result(LIVE, 1L, 2L, 3L)).reply();

    assertEquals(List.of(2L), reply.covers());
    assertEquals(2, reply.replyTo());
    assertEquals(5, reply.seq());
  }

  @Test
  void isDroppedWhileNoTurnIsOpen() {
    for (Conversation idle :
        List.of(
            Conversation.empty(),
            conversation().received("m1").answered().build(),
            conversation().received("m1").cancelled().build(),
            conversation().received("m1").erased().build())) {
      assertEquals(LATE, decide(idle, null, result(LIVE, 1L)));
    }
  }

  @Test
  void ofAnotherTurnIsDropped() {
    assertEquals(LATE, decide(SECOND_OPEN, live(2L), result(OTHER, 1L)));
    assertEquals(LATE, decide(SECOND_OPEN, live(2L), result(LIVE, 1L)));
    assertEquals(LATE, decide(SECOND_OPEN, live(2L), result(OTHER, 3L)));
    assertEquals(LATE, decide(SECOND_OPEN, live(2L), result(OTHER, 1L, 3L)));
    assertEquals(LATE, decide(SECOND_OPEN, live(2L), result(OTHER)));
  }

  @Test
  void thatCoversPartOfTheTurnIsDropped() {
    assertEquals(LATE, decide(BOTH_OPEN, live(1L, 2L), result(OTHER, 1L)));
    assertEquals(LATE, decide(BOTH_OPEN, live(1L, 2L), result(OTHER, 2L, 3L)));
  }

  @Test
  void repliesToTheLastMessageOfTheTurn() {
    Attempt attempt = live(1L, 2L);

    Message.Reply reply = reply(BOTH_OPEN, attempt, result(OTHER, 1L, 2L)).reply();

    assertEquals(List.of(1L, 2L), reply.covers());
    assertEquals(2, reply.replyTo());
    assertEquals(2, attempt.replyTo());
  }

  @Test
  void comesTooLateAfterTheFirst() {
    ReplyGenerated first = reply(OPEN, live(1L), result(OTHER, 1L));
    Conversation replied = OPEN.apply(first, LIMITS);

    assertEquals(LATE, decide(replied, null, result(OTHER, 1L)));
    assertEquals(LATE, decide(replied, null, result(LIVE, 1L)));
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplyKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ANSWER", "DEADLINE", "ABANDONED"})
  void withoutAnAnswerKeepsItsKindAndTheVendorsOwnText(ReplyKind kind) {
    Message.Reply reply = reply(OPEN, live(1L), result(kind, "Ask a colleague", 1L)).reply();

    assertEquals(kind, reply.kind());
    assertEquals(Outcome.FALLBACK, reply.kind().outcome());
    assertEquals("Ask a colleague", reply.text());
    assertEquals("vendor", reply.vendor());
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplyKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ANSWER", "DEADLINE", "ABANDONED"})
  void withoutAnAnswerAndWithoutTextGetsTheFallbackTextInTheCustomersLanguage(ReplyKind kind) {
    Conversation chinese = conversation().said("m1", "你好", Language.ZH).build();
    Conversation english = conversation().said("m1", "hello", Language.EN).build();

    Message.Reply toChinese = reply(chinese, live(1L), result(kind, "", 1L)).reply();
    Message.Reply toEnglish = reply(english, live(1L), result(kind, " \n", 1L)).reply();

    assertEquals(FALLBACK_ZH, toChinese.text());
    assertEquals(FALLBACK_EN, toEnglish.text());
    assertEquals(kind, toChinese.kind());
    assertEquals(kind, toEnglish.kind());
    assertEquals("", toChinese.vendor());
    assertEquals("", toEnglish.vendor());
  }

  @Test
  void getsTheLanguageOfTheMessageItReplies() {
    Conversation conversation =
        conversation()
            .said("m1", "hello", Language.EN)
            .said("m2", "你好", Language.ZH)
            .said("m3", "hello", Language.EN)
            .answered()
            .build();

    Message.Reply reply =
        reply(conversation, live(2L), result(ReplyKind.NO_ANSWER, "", 2L)).reply();

    assertEquals(FALLBACK_ZH, reply.text());
  }

  private static Pending pending(long seq) {
    return new Pending(seq, Language.EN, "");
  }

  private static ReplyGenerated reply(
      Conversation conversation, @Nullable Attempt attempt, Input.Result result) {
    Persist persist = assertInstanceOf(Persist.class, decide(conversation, attempt, result));
    assertEquals(1, persist.events().size());
    return assertInstanceOf(ReplyGenerated.class, persist.events().getFirst());
  }

  private static Decision decide(
      Conversation conversation, @Nullable Attempt attempt, Input.Result result) {
    return rules(LIMITS).decide(conversation, attempt, result, NOW, IF_ABANDONED);
  }
}
