package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.jackson.JacksonCborSerializer;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Refusal;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.WorkReport;
import io.fengda.tenant.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What entities, gateways and workers tell each other arrives on another node as it was sent. */
class ConversationWireTest {
  private static final TestSystem SYSTEM = TestSystem.get();
  private static final ActorRef<Object> REF = SYSTEM.kit().createTestProbe(Object.class).ref();
  private static final Instant AT = Instant.parse("2026-03-08T09:30:00.123Z");
  private static final MessageId ID = new MessageId("m-1");
  private static final AttemptId ATTEMPT = new AttemptId("attempt-1");
  private static final Message.FromCustomer SAID =
      new Message.FromCustomer(1, ID, "怎么退款？😀", AT, Outcome.ANSWER);
  private static final Message.Reply REPLY =
      new Message.Reply(
          2,
          List.of(1L),
          ReplyKind.ANSWER,
          "七天内。",
          "answerer",
          0.87,
          List.of(new Citation("退款", "refunds.md")),
          ATTEMPT,
          AT);

  static Stream<Record> commands() {
    return Stream.of(
        new Command.Receive(
            new Input.Receive(ID, "怎么退款？", Channel.WEBSOCKET, Language.ZH, "00-a-b-01"), true, REF),
        new Command.Explain(7, REF.narrow()),
        new Command.Explained(null),
        new Command.Explained(
            new TurnReport(
                List.of(7L),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                true,
                AT,
                AT,
                false,
                List.of(
                    new TurnReport.Attempt(
                        "a-1",
                        AT,
                        2,
                        40,
                        new WorkReport(AT, Duration.ofMillis(40), "00f067aa0ba902b7", List.of()),
                        AT),
                    new TurnReport.Attempt("a-2", AT, 0, 0, null, null)),
                "ANSWER",
                AT,
                AT,
                "answerer",
                0.5,
                List.of())),
        new Command.Receive(new Input.Receive(ID, "?", Channel.REST, Language.EN, ""), false, REF),
        new Command.DeliverDelta(new Input.Delta(ATTEMPT, 12, "内😀")),
        new Command.DeliverResult(
            new Input.Result(
                ATTEMPT,
                List.of(1L, 2L),
                ReplyKind.ANSWER,
                "七天内。",
                "answerer",
                0.87,
                List.of(new Citation("退款", "refunds.md"))),
            Duration.ofMillis(47),
            new WorkReport(
                Instant.ofEpochMilli(1_772_960_000_000L),
                Duration.ofMillis(47),
                "00f067aa0ba902b7",
                List.of(
                    new WorkReport.VendorCall(
                        "answerer",
                        "f0e1d2c3b4a59687",
                        Instant.ofEpochMilli(1_772_960_000_001L),
                        Duration.ofMillis(40),
                        "ANSWER"))),
            REF.narrow()),
        new Command.DeliverResult(
            new Input.Result(
                ATTEMPT, List.of(1L), ReplyKind.VENDOR_TIMEOUT, "", "answerer", 0, List.of()),
            null,
            null,
            REF.narrow()),
        new Command.Receive(new Input.Receive(ID, "?", Channel.REST, Language.EN, ""), true, REF)
            .sentAgain(),
        new Command.Stop(REF.narrow()),
        new Command.Wake(0),
        new Command.Erase(7, REF.narrow()),
        new Command.Read(Long.MAX_VALUE, 100, REF.narrow()),
        new Command.Watch(3, List.of(1L, 3L), ATTEMPT, 7, REF),
        new Command.Watch(0, List.of(), null, 0, REF),
        new Command.Unwatch(REF));
  }

  static Stream<Record> outputs() {
    return Stream.of(
        new Receipt.Accepted(ID, 1, false, SAID),
        new Receipt.Accepted(ID, 1, true, null),
        new Receipt.Ended(ID, 1, Outcome.ANSWER, SAID, 2, REPLY),
        new Receipt.Ended(ID, 1, Outcome.CANCELLED, null, 0, null),
        new Receipt.Rejected(ID, Refusal.BUSY),
        new Receipt.Unknown(ID),
        new Update.Appended(SAID),
        new Update.Appended(REPLY),
        new Update.Extended(1, ATTEMPT, 3, "内😀"),
        new Update.TurnEnded(List.of(1L, 2L), Outcome.FALLBACK),
        new Update.CaughtUp(
            1,
            4,
            List.of(new Update.Appended(SAID), new Update.Appended(REPLY)),
            List.of(new Update.TurnEnded(List.of(1L), Outcome.ANSWER)),
            List.of(3L, 4L),
            new Update.Extended(3, ATTEMPT, 0, "三")),
        new Update.CaughtUp(1, 0, List.of(), List.of(), List.of(), null),
        new Update.Behind(1),
        new Update.Erased(8));
  }

  static Stream<Record> pages() {
    return Stream.of(
        new Command.Page(List.of(SAID, REPLY), true, 1, 2),
        new Command.Page(List.of(), false, 1, Long.MAX_VALUE),
        new Command.Erased(9));
  }

  static Stream<Record> everything() {
    return Stream.of(commands(), outputs(), pages()).flatMap(part -> part);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void arrivesAsItWasSentAndAsCbor(Record sent) {
    Serialization serialization = SerializationExtension.get(SYSTEM.kit().system());

    Record arrived = SYSTEM.kit().serializationTestKit().verifySerialization(sent, false);

    assertEquals(sent, arrived);
    assertInstanceOf(JacksonCborSerializer.class, serialization.findSerializerFor(sent));
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void everyRefusalArrives(Refusal refusal) {
    Receipt.Rejected sent = new Receipt.Rejected(ID, refusal);

    assertEquals(sent, SYSTEM.kit().serializationTestKit().verifySerialization(sent, false));
  }

  @ParameterizedTest
  @EnumSource(ReplyKind.class)
  void aReplyOfEveryKindArrives(ReplyKind kind) {
    Update.Appended sent =
        new Update.Appended(
            new Message.Reply(2, List.of(1L), kind, "", "", 0, List.of(), ATTEMPT, AT));

    assertEquals(sent, SYSTEM.kit().serializationTestKit().verifySerialization(sent, false));
  }

  @Test
  void doneArrives() {
    Done sent = Done.getInstance();

    assertEquals(sent, SYSTEM.kit().serializationTestKit().verifySerialization(sent, false));
  }

  @Test
  void thereIsASampleOfEveryRecord() {
    Set<Class<?>> samples = everything().map(Record::getClass).collect(Collectors.toSet());

    Set<Class<?>> records =
        Stream.of(Command.Remote.class, Receipt.class, Update.class)
            .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
            .collect(Collectors.toSet());
    records.add(Command.Page.class);
    records.add(Command.Erased.class);
    records.add(Command.Explained.class);

    assertEquals(records, samples);
  }
}
