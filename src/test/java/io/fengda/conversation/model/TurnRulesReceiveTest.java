package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.LIMITS;
import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.ConversationBuilder.received;
import static io.fengda.conversation.model.ConversationBuilder.waitingSeqs;
import static io.fengda.conversation.model.Inputs.IF_ABANDONED;
import static io.fengda.conversation.model.Inputs.live;
import static io.fengda.conversation.model.Inputs.receive;
import static io.fengda.conversation.model.Inputs.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.conversation.model.Decision.Refuse;
import io.fengda.conversation.model.Decision.Repeat;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of the state × input table that begin with {@code Receive}; policy {@code queue}. */
class TurnRulesReceiveTest {
  private static final Instant NOW = START.plusSeconds(30);

  @Test
  void aNewMessageIsPersistedWithAllThatCameWithIt() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Input.Receive receive =
        new Input.Receive(new MessageId("m1"), "你好 😀", Channel.WEBSOCKET, Language.ZH, trace);

    Decision decision = decide(Conversation.empty(), receive);

    assertEquals(
        persisted(
            new MessageReceived(
                1,
                new MessageId("m1"),
                Digest.of("你好 😀"),
                "你好 😀",
                Channel.WEBSOCKET,
                Language.ZH,
                trace,
                false,
                NOW)),
        decision);
  }

  @Test
  void aNewMessageTakesTheNextSeqWhetherATurnIsOpenOrNot() {
    Conversation idle = conversation().received("m1").answered().build();
    Conversation open = conversation().received("m1", "m2").build();

    Decision whenIdle = decide(idle, receive("m9", "text"));
    Decision whenOpen = decide(open, receive("m9", "text"));

    assertEquals(persisted(received(3, "m9", "text", Language.EN, NOW)), whenIdle);
    assertEquals(persisted(received(3, "m9", "text", Language.EN, NOW)), whenOpen);
  }

  @Test
  void asManyMessagesWaitAsMayAndTheNextIsRefused() {
    Conversation four = conversation().received("m1", "m2", "m3", "m4", "m5").build();
    Conversation five = conversation().received("m1", "m2", "m3", "m4", "m5", "m6").build();

    Decision fifth = decide(four, receive("m9"));
    Decision sixth = decide(five, receive("m9"));

    assertEquals(4, waitingSeqs(four).size());
    assertInstanceOf(Persist.class, fifth);
    assertEquals(new Refuse(Refusal.BUSY), sixth);
  }

  @Test
  void aPlaceIsFreeAgainWhenATurnEnds() {
    ConversationBuilder builder =
        conversation().received("m1", "m2", "m3", "m4", "m5", "m6").answered();

    Decision decision = decide(builder.build(), receive("m9"));

    assertInstanceOf(Persist.class, decision);
  }

  @Test
  void noneWaitsWhereNoneMay() {
    ModelLimits limits = new ModelLimits(200, 1_000, 1_000, 0, 5);
    Conversation open = conversation(limits).received("m1").build();

    Decision first =
        rules(limits).decide(Conversation.empty(), null, receive("m1"), NOW, IF_ABANDONED);
    Decision second = rules(limits).decide(open, live(1L), receive("m2"), NOW, IF_ABANDONED);

    assertInstanceOf(Persist.class, first);
    assertEquals(new Refuse(Refusal.BUSY), second);
  }

  @Test
  void aMessageSentAgainDuringItsTurnIsKnownToBeOpen() {
    Conversation conversation = conversation().received("m1", "m2").build();

    Decision first = decide(conversation, receive("m1"));
    Decision waiting = decide(conversation, receive("m2"));

    assertEquals(repeat("m1", 1, Outcome.OPEN, 0), first);
    assertEquals(repeat("m2", 2, Outcome.OPEN, 0), waiting);
  }

  @Test
  void aMessageSentAgainAfterItsTurnIsToldHowItEnded() {
    Conversation conversation =
        conversation()
            .received("m1", "m2", "m3")
            .answered()
            .cancelled()
            .replied(ReplyKind.NO_ANSWER, "busy")
            .build();

    assertEquals(repeat("m1", 1, Outcome.ANSWER, 4), decide(conversation, receive("m1")));
    assertEquals(repeat("m2", 2, Outcome.CANCELLED, 0), decide(conversation, receive("m2")));
    assertEquals(repeat("m3", 3, Outcome.FALLBACK, 5), decide(conversation, receive("m3")));
  }

  @Test
  void aMessageSentAgainDuringALaterTurnIsToldHowItsOwnEnded() {
    Conversation conversation = conversation().received("m1").answered().received("m2").build();

    Decision decision = decide(conversation, receive("m1"));

    assertEquals(repeat("m1", 1, Outcome.ANSWER, 2), decision);
  }

  @Test
  void onlyTheTextTellsAMessageFromAnother() {
    Conversation conversation = conversation().received("m1").answered().build();
    Input.Receive elsewhere =
        new Input.Receive(
            new MessageId("m1"), "text of m1", Channel.WEBSOCKET, Language.ZH, "another trace");

    Decision decision = decide(conversation, elsewhere);

    assertEquals(repeat("m1", 1, Outcome.ANSWER, 2), decision);
  }

  @ParameterizedTest
  @MethodSource("conversationsThatKnowM1")
  void anIdWithAnotherTextIsRefusedInEveryState(Conversation conversation) {
    Decision decision = decide(conversation, receive("m1", "another text"));

    assertEquals(new Refuse(Refusal.ID_REUSED), decision);
  }

  @ParameterizedTest
  @MethodSource("conversationsThatKnowM1")
  void aMessageSentAgainIsKnownInEveryState(Conversation conversation) {
    Decision decision = decide(conversation, receive("m1"));

    assertEquals(1, assertInstanceOf(Repeat.class, decision).known().seq());
  }

  static List<Conversation> conversationsThatKnowM1() {
    return List.of(
        conversation().received("m1").build(),
        conversation().received("m1").answered().build(),
        conversation().received("m1").cancelled().build(),
        conversation().received("m1", "m2").answered().build(),
        conversation().received("m1", "m2", "m3", "m4", "m5", "m6").build());
  }

  @Test
  void anErasedMessageIsNewWhenItIsSentAgain() {
    Conversation conversation = conversation().received("m1").answered().erased().build();

    Decision decision = decide(conversation, receive("m1"));

    assertEquals(persisted(received(3, "m1", "text of m1", Language.EN, NOW)), decision);
  }

  @Test
  void theLastThousandMessagesAreKnown() {
    ConversationBuilder builder = conversation().received("m1").answered();
    for (int i = 2; i <= 1_000; i++) {
      builder.received("m" + i).answered();
    }
    Conversation thousand = builder.build();
    Conversation oneMore = builder.received("m1001").answered().build();

    assertInstanceOf(Repeat.class, decide(thousand, receive("m1")));
    assertInstanceOf(Repeat.class, decide(oneMore, receive("m2")));
    assertInstanceOf(Persist.class, decide(oneMore, receive("m1")));
  }

  private static Decision decide(Conversation conversation, Input.Receive receive) {
    return rules(LIMITS).decide(conversation, live(1L), receive, NOW, IF_ABANDONED);
  }

  private static Persist persisted(ConversationEvent event) {
    return new Persist(List.of(event));
  }

  private static Repeat repeat(String messageId, long seq, Outcome outcome, long replySeq) {
    return new Repeat(new Known(seq, Digest.of("text of " + messageId), outcome, replySeq));
  }
}
