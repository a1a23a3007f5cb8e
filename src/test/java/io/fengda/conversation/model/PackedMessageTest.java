package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.conversation.model.Message.FromCustomer;
import io.fengda.conversation.model.Message.Reply;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message as it lies in memory comes back as it was. */
class PackedMessageTest {
  private static final Instant AT = Instant.parse("2026-11-30T12:34:56.789Z");
  private static final String UUID = "0b6c9b1e-8f57-4a8e-9f5c-7d3c8b1f2a90";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m",
        UUID,
        "0B6C9B1E-8F57-4A8E-9F5C-7D3C8B1F2A90",
        "0b6c9b1e_8f57_4a8e_9f5c_7d3c8b1f2a90",
        "1-1-1-1-1",
        "0123456789012345678901234567890123456789012345678901234567890123"
      })
  void anIdOfAnyForm(String id) {
    assertComesBack(new FromCustomer(7, new MessageId(id), "你好", AT, Outcome.OPEN));
    assertComesBack(reply(9, List.of(7L), id, "好的", List.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 126, 127, 128, 300, 70_000})
  void anAttemptThatAWorkerMadeUp(int length) {
    assertComesBack(reply(9, List.of(8L), "a".repeat(length), "text", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "系统繁忙，请稍后再试", "😀 é \u0000 \uFFFD"})
  void anyText(String text) {
    assertComesBack(new FromCustomer(1, new MessageId(UUID), text, AT, Outcome.ANSWER));
    assertComesBack(reply(2, List.of(1L), UUID, text, List.of(new Citation(text, text))));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_152})
  void aTextOfAnyLength(int length) {
    FromCustomer said =
        new FromCustomer(1, new MessageId(UUID), "a".repeat(length), AT, Outcome.ANSWER);

    assertComesBack(said);
    assertComesBack(reply(2, List.of(1L), UUID, "a".repeat(length), List.of()));
    assertEquals(length, PackedMessage.textBytes(PackedMessage.pack(said)));
    assertEquals(
        Said.of(Said.Speaker.CUSTOMER, said.text()), PackedMessage.said(PackedMessage.pack(said)));
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void anyOutcome(Outcome outcome) {
    FromCustomer open = new FromCustomer(1, new MessageId(UUID), "text", AT, Outcome.OPEN);
    byte[] packed = PackedMessage.pack(open);

    byte[] ended = PackedMessage.ended(packed, outcome);

    assertEquals(open.ended(outcome), PackedMessage.unpack(ended, 1));
    assertEquals(open, PackedMessage.unpack(packed, 1), "what it came from is as it was");
  }

  @ParameterizedTest
  @EnumSource(ReplyKind.class)
  void anyKind(ReplyKind kind) {
    assertComesBack(
        new Reply(5, List.of(4L), kind, "x", "", 0.25, List.of(), new AttemptId(UUID), AT));
  }

  @Test
  void manyCoversAndCitations() {
    List<Long> covers = LongStream.range(1, 400).boxed().toList();
    List<Citation> citations =
        LongStream.range(0, 300).mapToObj(i -> new Citation("标题 " + i, "source/" + i)).toList();

    assertComesBack(reply(1_000_000_000_000L, List.of(999_999_999_000L), UUID, "x", citations));
    assertComesBack(reply(400, covers, UUID, "x", citations));
  }

  @Test
  void aTurnTakesAQuarterOfAKilobyte() {
    byte[] asked =
        PackedMessage.pack(
            new FromCustomer(1, new MessageId(UUID), "这家酒店的地址和电话是多少？", AT, Outcome.ANSWER));
    byte[] answered =
        PackedMessage.pack(reply(2, List.of(1L), UUID, "地址是朝阳区建国路，电话是010-12345678。", List.of()));

    assertTrue(asked.length + answered.length < 256, asked.length + " + " + answered.length);
  }

  private static Reply reply(
      long seq, List<Long> covers, String attempt, String text, List<Citation> citations) {
    return new Reply(
        seq,
        covers,
        ReplyKind.ANSWER,
        text,
        "answerer",
        0.9,
        citations,
        new AttemptId(attempt),
        AT);
  }

  private static void assertComesBack(Message message) {
    byte[] packed = PackedMessage.pack(message);

    assertEquals(message, PackedMessage.unpack(packed, message.seq()));
    assertEquals(message.text(), PackedMessage.text(packed));
    assertEquals(message instanceof Reply, PackedMessage.isReply(packed));
  }
}
