package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.ConversationBuilder.open;
import static io.fengda.conversation.model.ConversationBuilder.received;
import static io.fengda.conversation.model.ConversationBuilder.replay;
import static io.fengda.conversation.model.ConversationBuilder.reply;
import static io.fengda.conversation.model.ConversationBuilder.waitingSeqs;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Message.FromCustomer;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationTest {

  @Test
  void beginsIdleAndEmptyAtSeqOne() {
    Conversation conversation = Conversation.empty();

    assertEquals(1, conversation.nextSeq());
    assertEquals(new Idle(), conversation.phase());
    assertTrue(conversation.hasNoMessages());
    assertEquals(0, conversation.recentIds().size());
  }

  @Test
  void aMessageOpensATurn() {
    Instant at = START.plusSeconds(9);

    Conversation conversation =
        Conversation.empty().apply(received(1, "m1", "你好", Language.ZH, at), LIMITS);

    TurnOpen open = open(conversation);
    assertEquals(List.of(1L), open.turn().seqs());
    assertEquals(at, open.turn().openedAt());
    assertEquals(Language.ZH, open.turn().language());
    assertEquals(List.of(), open.waiting());
    assertEquals(2, conversation.nextSeq());
    assertFalse(conversation.hasNoMessages());
    assertEquals(
        List.of(new FromCustomer(1, new MessageId("m1"), "你好", at, Outcome.OPEN)),
        conversation.transcript().messages());
    assertEquals(new Known(1, Digest.of("你好"), Outcome.OPEN, 0), known(conversation, "m1"));
  }

  @Test
  void aMessageDuringATurnWaitsAndLeavesTheTurnAlone() {
    Conversation one = conversation().received("m1").build();

    Conversation three = conversation().received("m1", "m2", "m3").build();

    assertEquals(open(one).turn(), open(three).turn());
    assertEquals(List.of(2L, 3L), waitingSeqs(three));
    assertEquals(4, three.nextSeq());
  }

  @Test
  void aReplyEndsTheTurn() {
    Conversation conversation = conversation().received("m1").answered("yes").build();

    assertEquals(new Idle(), conversation.phase());
    assertEquals(3, conversation.nextSeq());
    assertEquals(Outcome.ANSWER, outcome(conversation, 1));
    assertEquals("yes", conversation.transcript().find(2).orElseThrow().text());
    assertEquals(
        new Known(1, Digest.of("text of m1"), Outcome.ANSWER, 2), known(conversation, "m1"));
  }

  @Test
  void everyReplyButAnAnswerIsAFallback() {
    for (ReplyKind kind : ReplyKind.values()) {
      Conversation conversation = conversation().received("m1").replied(kind, "text").build();

      Outcome outcome = kind == ReplyKind.ANSWER ? Outcome.ANSWER : Outcome.FALLBACK;
      assertEquals(outcome, outcome(conversation, 1), kind.name());
      assertEquals(outcome, known(conversation, "m1").outcome(), kind.name());
    }
  }

  @Test
  void aCancellationEndsTheTurnWithoutAMessage() {
    Conversation conversation = conversation().received("m1").cancelled().build();

    assertEquals(new Idle(), conversation.phase());
    assertEquals(2, conversation.nextSeq());
    assertEquals(Outcome.CANCELLED, outcome(conversation, 1));
    assertEquals(1, conversation.transcript().messages().size());
    assertEquals(Outcome.CANCELLED, known(conversation, "m1").outcome());
    assertEquals(0, known(conversation, "m1").replySeq());
  }

  @Test
  void afterAReplyTheFirstWaitingMessageIsTakenUpThen() {
    ConversationBuilder builder = conversation().received("m1", "m2", "m3");
    Instant takenUp = builder.now();

    Conversation conversation = builder.answered().build();

    assertEquals(List.of(2L), open(conversation).turn().seqs());
    assertEquals(takenUp, open(conversation).turn().openedAt());
    assertEquals(List.of(3L), waitingSeqs(conversation));
    assertEquals(Outcome.OPEN, outcome(conversation, 2));
    assertEquals(Outcome.OPEN, outcome(conversation, 3));
  }

  @Test
  void afterACancellationTheFirstWaitingMessageIsTakenUpThen() {
    ConversationBuilder builder = conversation().received("m1", "m2");
    Instant takenUp = builder.now();

    Conversation conversation = builder.cancelled().build();

    assertEquals(List.of(2L), open(conversation).turn().seqs());
    assertEquals(takenUp, open(conversation).turn().openedAt());
    assertEquals(List.of(), open(conversation).waiting());
    assertEquals(3, conversation.nextSeq());
  }

  @Test
  void aWaitingMessageKeepsItsOwnLanguage() {
    ConversationBuilder builder =
        conversation().said("m1", "hello", Language.EN).said("m2", "你好", Language.ZH);

    assertEquals(Language.EN, open(builder.build()).turn().language());
    assertEquals(Language.ZH, open(builder.answered().build()).turn().language());
  }

  @Test
  void turnsEndInTheOrderOfTheirMessages() {
    Conversation conversation =
        conversation()
            .received("m1", "m2", "m3")
            .answered("one")
            .cancelled()
            .received("m4")
            .replied(ReplyKind.DEADLINE, "three")
            .answered("four")
            .build();

    assertInstanceOf(Idle.class, conversation.phase());
    assertEquals(4, known(conversation, "m1").replySeq());
    assertEquals(0, known(conversation, "m2").replySeq());
    assertEquals(6, known(conversation, "m3").replySeq());
    assertEquals(7, known(conversation, "m4").replySeq());
  }

  @Test
  void erasureForgetsEverythingButTheSeq() {
    for (ConversationBuilder builder :
        List.of(conversation().received("m1").answered(), conversation().received("m1", "m2"))) {
      Conversation erased = builder.erased().build();

      assertTrue(erased.hasNoMessages());
      assertEquals(new Idle(), erased.phase());
      assertEquals(3, erased.nextSeq());
      assertTrue(erased.recentIds().find(new MessageId("m1")).isEmpty());
      assertEquals(List.of(3L), open(builder.received("m1").build()).turn().seqs());
    }
  }

  @Test
  void replayTellsTheSameStory() {
    ConversationBuilder builder =
        conversation().received("m1", "m2").answered().cancelled().received("m3");
    Conversation live = builder.build();

    Conversation replayed = replay(builder.events(), LIMITS);

    assertEquals(live.nextSeq(), replayed.nextSeq());
    assertEquals(live.phase(), replayed.phase());
    assertEquals(live.transcript(), replayed.transcript());
    assertArrayEquals(live.recentIds().toLongs(), replayed.recentIds().toLongs());
  }

  @Test
  void otherLimitsRememberLessOfTheSameStory() {
    ConversationBuilder builder =
        conversation().received("m1").answered().received("m2").answered().received("m3", "m4");
    Conversation live = builder.build();

    Conversation replayed = replay(builder.events(), new ModelLimits(2, 1, 1, 0, 1));

    assertEquals(live.nextSeq(), replayed.nextSeq());
    assertEquals(live.phase(), replayed.phase());
    assertEquals(2, replayed.transcript().messages().size());
    assertEquals(1, replayed.recentIds().size());
  }

  @Test
  void anEventSaysWhetherItLeavesATurnOpen() {
    ConversationBuilder builder =
        conversation().received("m1", "m2").answered().cancelled().received("m3").erased();

    List<Boolean> open = builder.events().stream().map(ConversationEvent::leavesTurnOpen).toList();

    assertEquals(List.of(true, true, true, false, true, false), open);
  }

  @Test
  void aSeqThatIsNotTheNextIsABug() {
    Conversation conversation = conversation().received("m1", "m2").build();

    for (long seq : new long[] {0, 1, 2, 4}) {
      assertImpossible(conversation, received(seq, "m9", "text", Language.EN, START));
      assertImpossible(conversation, replyTo(seq, List.of(1L)));
    }
  }

  @Test
  void endingATurnWhileNoneIsOpenIsABug() {
    for (Conversation idle :
        List.of(
            Conversation.empty(),
            conversation().received("m1").answered().build(),
            conversation().received("m1").cancelled().build())) {
      assertImpossible(idle, replyTo(idle.nextSeq(), List.of(1L)));
      assertImpossible(idle, cancelled(List.of(1L)));
    }
  }

  @Test
  void endingAnyTurnButTheOpenOneIsABug() {
    Conversation conversation = conversation().received("m1", "m2", "m3").answered().build();

    for (List<Long> covers :
        List.of(List.of(1L), List.of(3L), List.of(4L), List.of(2L, 3L), List.of(1L, 2L))) {
      assertImpossible(conversation, replyTo(5, covers));
      assertImpossible(conversation, cancelled(covers));
    }
    assertImpossible(conversation, cancelled(List.of()));
  }

  @Test
  void aReplyThatCoversNothingCannotBeMade() {
    assertThrows(IllegalArgumentException.class, () -> replyTo(1, List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Phase.Turn(List.of(), START));
  }

  private static void assertImpossible(Conversation conversation, ConversationEvent event) {
    assertThrows(IllegalStateException.class, () -> conversation.apply(event, LIMITS));
  }

  private static ReplyGenerated replyTo(long seq, List<Long> covers) {
    return new ReplyGenerated(reply(seq, covers, ReplyKind.ANSWER, "text", START), false);
  }

  private static TurnCancelled cancelled(List<Long> covers) {
    return new TurnCancelled(covers, CancelReason.STOPPED, START, false);
  }

  private static Known known(Conversation conversation, String messageId) {
    return conversation.recentIds().find(new MessageId(messageId)).orElseThrow();
  }

  private static Outcome outcome(Conversation conversation, long seq) {
    return assertInstanceOf(FromCustomer.class, conversation.transcript().find(seq).orElseThrow())
        .outcome();
  }

  @Test
  void afterAnErasureTheJournalThatIsLeftIsEnough() {
    ConversationBuilder builder =
        ConversationBuilder.conversation().received("m1").answered().erased().received("m2");
    List<ConversationEvent> left = builder.events().subList(2, builder.events().size());

    Conversation replayed = Conversation.empty();
    for (ConversationEvent event : left) {
      replayed = replayed.apply(event, LIMITS);
    }

    assertEquals(4, replayed.nextSeq());
    assertEquals(builder.build().phase(), replayed.phase());
    assertEquals(builder.build().transcript(), replayed.transcript());
  }
}
