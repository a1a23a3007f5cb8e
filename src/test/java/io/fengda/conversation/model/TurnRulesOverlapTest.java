package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.ConversationBuilder.open;
import static io.fengda.conversation.model.ConversationBuilder.waitingSeqs;
import static io.fengda.conversation.model.Inputs.IF_ABANDONED;
import static io.fengda.conversation.model.Inputs.LIVE;
import static io.fengda.conversation.model.Inputs.live;
import static io.fengda.conversation.model.Inputs.receive;
import static io.fengda.conversation.model.Inputs.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.conversation.model.Decision.Refuse;
import io.fengda.conversation.model.Decision.Repeat;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.tenant.OverlapPolicy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a message while a turn is open, by policy; and of everything at an erasure. */
class TurnRulesOverlapTest {
  private static final Instant NOW = START.plusSeconds(30);

  @ParameterizedTest
  @EnumSource
  void withoutAnOpenTurnEveryPolicyOpensOne(OverlapPolicy policy) {
    Conversation next =
        applied(Conversation.empty(), decide(policy, Conversation.empty(), receive("m1")));

    assertEquals(List.of(1L), open(next).turn().seqs());
  }

  @ParameterizedTest
  @EnumSource
  void aMessageSentAgainIsKnownUnderEveryPolicy(OverlapPolicy policy) {
    Conversation conversation = conversation().received("m1").build();

    assertInstanceOf(Repeat.class, decide(policy, conversation, receive("m1")));
  }

  @Test
  void aMergedMessageJoinsTheTurnAndNeedsANewAttempt() {
    Conversation conversation = conversation().received("m1").build();

    Conversation next =
        applied(conversation, decide(OverlapPolicy.MERGE, conversation, receive("m2")));

    assertEquals(List.of(1L, 2L), open(next).turn().seqs());
    assertEquals(START, open(next).turn().openedAt());
    assertTrue(TurnRules.needsAttempt(next, live(1L)));
    assertFalse(TurnRules.needsAttempt(next, live(1L, 2L)));
  }

  @Test
  void aResultForPartOfAMergedTurnEndsNothing() {
    Conversation merged = conversation().received("m1").joined("m2").build();

    Decision early = decide(OverlapPolicy.MERGE, merged, result(1L));
    Decision whole = decide(OverlapPolicy.MERGE, merged, result(1L, 2L));

    assertEquals(new Ignore(Ignore.Reason.LATE_RESULT), early);
    assertEquals(new Idle(), applied(merged, whole).phase());
  }

  @Test
  void beyondTheBoundAMergedMessageWaitsAndWhatFollowsWaitsBehindIt() {
    Conversation full = conversation().received("m1").joined("m2").joined("m3").build();

    Conversation fourth = applied(full, decide(OverlapPolicy.MERGE, full, receive("m4")));
    Conversation fifth = applied(fourth, decide(OverlapPolicy.MERGE, fourth, receive("m5")));

    assertEquals(List.of(1L, 2L, 3L), open(fifth).turn().seqs());
    assertEquals(List.of(4L, 5L), waitingSeqs(fifth));
  }

  @Test
  void nothingJoinsATurnPastAMessageThatWaits() {
    Conversation waiting = conversation().received("m1", "m2").build();

    Conversation next = applied(waiting, decide(OverlapPolicy.MERGE, waiting, receive("m3")));

    assertEquals(List.of(2L, 3L), waitingSeqs(next));
  }

  @Test
  void nothingJoinsATurnThatIsTooOldForAnAnswer() {
    Conversation old = conversation().received("m1").build();
    Instant late = START.plus(Inputs.ABANDON_AFTER).plusMillis(1);

    Decision decision =
        rules(LIMITS, OverlapPolicy.MERGE).decide(old, null, receive("m2"), late, IF_ABANDONED);

    assertEquals(List.of(2L), waitingSeqs(applied(old, decision)));
  }

  @Test
  void anInterruptingMessageCancelsTheTurnInTheSameWrite() {
    Conversation conversation = conversation().received("m1").build();

    Decision decision = decide(OverlapPolicy.INTERRUPT, conversation, receive("m2"));

    List<ConversationEvent> events = assertInstanceOf(Persist.class, decision).events();
    assertEquals(
        new TurnCancelled(List.of(1L), CancelReason.INTERRUPTED, NOW, false), events.getFirst());
    assertInstanceOf(MessageReceived.class, events.getLast());
    assertEquals(List.of(2L), open(applied(conversation, decision)).turn().seqs());
  }

  @Test
  void anInterruptingMessageCancelsWhatWaitedUnderAnEarlierPolicyToo() {
    Conversation conversation = conversation().received("m1", "m2", "m3").build();

    Conversation next =
        applied(conversation, decide(OverlapPolicy.INTERRUPT, conversation, receive("m4")));

    assertEquals(List.of(4L), open(next).turn().seqs());
    assertEquals(List.of(), waitingSeqs(next));
    assertEquals(
        List.of(Outcome.CANCELLED, Outcome.CANCELLED, Outcome.CANCELLED, Outcome.OPEN),
        next.transcript().messages().stream()
            .map(Message.FromCustomer.class::cast)
            .map(Message.FromCustomer::outcome)
            .toList());
  }

  @Test
  void aMessageIsRefusedWhileATurnIsOpenAndTakenAfterwards() {
    ConversationBuilder builder = conversation().received("m1");

    Decision during = decide(OverlapPolicy.REJECT, builder.build(), receive("m2"));
    Decision after = decide(OverlapPolicy.REJECT, builder.answered().build(), receive("m2"));

    assertEquals(new Refuse(Refusal.TURN_OPEN), during);
    assertInstanceOf(Persist.class, after);
  }

  @Test
  void anErasureEndsEverythingAndSeqGoesOn() {
    Conversation conversation = conversation().received("m1").answered().received("m2").build();

    Decision decision = decide(OverlapPolicy.QUEUE, conversation, new Input.Erase());

    assertEquals(new Persist(List.of(new ConversationErased(4, NOW))), decision);
    Conversation erased = applied(conversation, decision);
    assertTrue(erased.hasNoMessages());
    assertEquals(4, erased.firstSeq());
    assertTrue(erased.remembersAllAfter(0));
    Decision again = decide(OverlapPolicy.QUEUE, erased, receive("m1"));
    assertEquals(4, assertInstanceOf(MessageReceived.class, persisted(again).getFirst()).seq());
  }

  @Test
  void whereNothingWasSaidNothingIsErased() {
    Conversation erased = conversation().received("m1").erased().build();

    Ignore nothing = new Ignore(Ignore.Reason.NOTHING_TO_ERASE);
    assertEquals(nothing, decide(OverlapPolicy.QUEUE, erased, new Input.Erase()));
    assertEquals(nothing, decide(OverlapPolicy.QUEUE, Conversation.empty(), new Input.Erase()));
  }

  private static Decision decide(OverlapPolicy policy, Conversation conversation, Input input) {
    return rules(LIMITS, policy).decide(conversation, null, input, NOW, IF_ABANDONED);
  }

  private static Conversation applied(Conversation conversation, Decision decision) {
    Conversation next = conversation;
    for (ConversationEvent event : persisted(decision)) {
      next = next.apply(event, LIMITS);
    }
    return next;
  }

  private static List<ConversationEvent> persisted(Decision decision) {
    return assertInstanceOf(Persist.class, decision).events();
  }

  private static Input.Result result(Long... covers) {
    return new Input.Result(
        LIVE, List.of(covers), ReplyKind.ANSWER, "text", "vendor", 1, List.of());
  }
}
