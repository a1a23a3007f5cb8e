package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Role;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A vendor reads by its contract what the engine writes by hand. */
class SaidTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_152})
  void aTextOfAnyLength(int length) throws Exception {
    assertEquals(
        message(Role.ROLE_CUSTOMER, "a".repeat(length)),
        ContextMessage.parseFrom(Said.of(Said.Speaker.CUSTOMER, "a".repeat(length))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"系统繁忙，请稍后再试", "😀 é \u0000 \uFFFD"})
  void anyTextOfTheBot(String text) throws Exception {
    assertEquals(
        message(Role.ROLE_BOT, text), ContextMessage.parseFrom(Said.of(Said.Speaker.BOT, text)));
  }

  @Test
  void whatIsInMemoryIsTheSame() {
    Message.FromCustomer question =
        new Message.FromCustomer(1, new MessageId("m-1"), "怎么退款？", Instant.EPOCH, Outcome.ANSWER);
    Message.Reply answer =
        new Message.Reply(
            2,
            List.of(1L),
            ReplyKind.ANSWER,
            "七天内。",
            "vendor",
            0.9,
            List.of(new Citation("退款", "refunds.md")),
            new AttemptId("attempt-1"),
            Instant.EPOCH);
    Message.FromCustomer open =
        new Message.FromCustomer(3, new MessageId("m-2"), "?", Instant.EPOCH, Outcome.OPEN);

    assertEquals(
        List.of(Said.of(Said.Speaker.CUSTOMER, "怎么退款？"), Said.of(Said.Speaker.BOT, "七天内。")),
        Transcript.of(List.of(question, answer, open)).context());
  }

  /** Protobuf leaves out a text that is empty; a version to come may have more to say. */
  @ParameterizedTest
  @ValueSource(strings = {"0802", "08021200", "0801120141", "0801120141180a"})
  void whatAnotherVersionWritesPasses(String hex) {
    ByteString said = ByteString.fromHex(hex);

    assertEquals(said, Said.checked(said));
  }

  @ParameterizedTest
  @ValueSource(ints = {Role.ROLE_UNSPECIFIED_VALUE, Role.ROLE_AGENT_VALUE, 4})
  void somebodyElseSaidNothing(int role) {
    ByteString said =
        ContextMessage.newBuilder().setRoleValue(role).setText("?").build().toByteString();

    assertThrows(IllegalArgumentException.class, () -> Said.checked(said));
  }

  private static ContextMessage message(Role role, String text) {
    return ContextMessage.newBuilder().setRole(role).setText(text).build();
  }
}
