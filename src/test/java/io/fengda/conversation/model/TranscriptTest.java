package io.fengda.conversation.model;

import static io.fengda.conversation.model.ConversationBuilder.START;
import static io.fengda.conversation.model.ConversationBuilder.conversation;
import static io.fengda.conversation.model.ConversationBuilder.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fengda.conversation.model.Message.FromCustomer;
import io.fengda.tenant.Language;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TranscriptTest {
  private static final long NOTHING_OPEN = Long.MAX_VALUE;
  private static final int BYTES_MAX = 30;
  private static final ModelLimits FOUR_MESSAGES = new ModelLimits(4, 1_000, 1_000, 5, 5);
  private static final ModelLimits THIRTY_BYTES = new ModelLimits(100, BYTES_MAX, 1_000, 5, 5);

  @Test
  void keepsTheLastMessagesWithinTheirNumber() {
    Transcript four = of(FOUR_MESSAGES, "1", "2", "3", "4");

    Transcript five = four.plus(said(5, "5"), FOUR_MESSAGES, NOTHING_OPEN);

    assertEquals(List.of(1L, 2L, 3L, 4L), seqs(four.messages()));
    assertEquals(List.of(2L, 3L, 4L, 5L), seqs(five.messages()));
    assertEquals(4, five.textBytes());
  }

  @Test
  void keepsTheLastMessagesWithinTheirUtf8Bytes() {
    Transcript full = of(THIRTY_BYTES, "0123456789", "系统繁忙", "😀😀");

    Transcript over = full.plus(said(4, "é"), THIRTY_BYTES, NOTHING_OPEN);

    assertEquals(List.of(1L, 2L, 3L), seqs(full.messages()));
    assertEquals(BYTES_MAX, full.textBytes());
    assertEquals(List.of(2L, 3L, 4L), seqs(over.messages()));
    assertEquals(22, over.textBytes());
  }

  @Test
  void dropsAsManyAsALongMessageNeeds() {
    Transcript full = of(THIRTY_BYTES, "0123456789", "0123456789", "0123456789");

    Transcript next = full.plus(said(4, "0123456789012345"), THIRTY_BYTES, NOTHING_OPEN);

    assertEquals(List.of(3L, 4L), seqs(next.messages()));
    assertEquals(26, next.textBytes());
  }

  @Test
  void keepsTheNewestMessageHoweverLong() {
    String text = "系".repeat(BYTES_MAX);

    Transcript next = of(THIRTY_BYTES, "1", "2").plus(said(3, text), THIRTY_BYTES, NOTHING_OPEN);

    assertEquals(List.of(3L), seqs(next.messages()));
    assertEquals(3 * BYTES_MAX, next.textBytes());
  }

  @Test
  void dropsNothingFromTheOpenTurnOn() {
    Transcript four = of(FOUR_MESSAGES, "1", "2", "3", "4");

    Transcript next =
        four.plus(said(5, "5"), FOUR_MESSAGES, 2)
            .plus(said(6, "6"), FOUR_MESSAGES, 2)
            .plus(said(7, "7"), FOUR_MESSAGES, 2);

    assertEquals(List.of(2L, 3L, 4L, 5L, 6L, 7L), seqs(next.messages()));
  }

  @Test
  void theOpenTurnAndWhatWaitsOutlastBothLimits() {
    ModelLimits limits = new ModelLimits(2, 5, 1_000, 5, 5);
    ConversationBuilder builder = conversation(limits).received("m1").answered("0123456789");

    Conversation busy = builder.received("m2", "m3", "m4", "m5").build();
    Conversation oneAnswered = builder.answered("0123456789").build();
    Conversation idle = builder.answered().answered().answered().build();

    assertEquals(List.of(3L, 4L, 5L, 6L), seqs(busy.transcript().messages()));
    assertEquals(List.of(4L, 5L, 6L, 7L), seqs(oneAnswered.transcript().messages()));
    assertEquals(List.of(10L), seqs(idle.transcript().messages()));
  }

  @Test
  void findsByItsSeqOnly() {
    Transcript transcript = of(FOUR_MESSAGES, "1", "2", "3", "4", "5", "6");

    assertEquals(Optional.empty(), transcript.find(2));
    assertEquals(Optional.of(said(3, "3")), transcript.find(3));
    assertEquals(Optional.of(said(6, "6")), transcript.find(6));
    assertEquals(Optional.empty(), transcript.find(7));
    assertEquals(Optional.empty(), Transcript.empty().find(1));
  }

  @Test
  void givesWhatComesAfterASeq() {
    Transcript transcript = of(FOUR_MESSAGES, "1", "2", "3", "4", "5", "6");

    assertEquals(List.of(3L, 4L, 5L, 6L), seqs(transcript.after(2)));
    assertEquals(List.of(6L), seqs(transcript.after(5)));
    assertEquals(List.of(), transcript.after(6));
    assertEquals(List.of(), transcript.after(Long.MAX_VALUE));
    assertEquals(List.of(), Transcript.empty().after(0));
  }

  @Test
  void givesNoMoreAfterASeqThanIsAskedFor() {
    Transcript transcript = of(FOUR_MESSAGES, "1", "2", "3", "4", "5", "6");

    assertEquals(List.of(3L, 4L), seqs(transcript.after(2, 2)));
    assertEquals(List.of(3L, 4L, 5L, 6L), seqs(transcript.after(2, 4)));
    assertEquals(List.of(5L, 6L), seqs(transcript.after(4, 9)));
    assertEquals(List.of(), transcript.after(6, 1));
  }

  @Test
  void endingATurnChangesItsMessagesOnly() {
    Transcript transcript =
        of(FOUR_MESSAGES, "1", "2")
            .plus(reply(3, List.of(1L), ReplyKind.ANSWER, "3", START), FOUR_MESSAGES, NOTHING_OPEN);

    Transcript ended = transcript.ended(List.of(2L, 3L), Outcome.CANCELLED);

    assertEquals(Optional.of(said(1, "1")), ended.find(1));
    assertEquals(
        Optional.of(new FromCustomer(2, new MessageId("m2"), "2", START, Outcome.CANCELLED)),
        ended.find(2));
    assertEquals(transcript.find(3), ended.find(3));
    assertEquals(transcript.textBytes(), ended.textBytes());
  }

  @Test
  void countsItsBytesWhenReadFromASnapshot() {
    Conversation conversation =
        conversation().said("m1", "系统 😀", Language.ZH).answered("é").received("m2").build();
    Transcript transcript = conversation.transcript();

    Transcript back = Transcript.of(transcript.messages());

    assertEquals(transcript, back);
    assertEquals(
        transcript.messages().stream()
            .mapToLong(message -> message.text().getBytes(StandardCharsets.UTF_8).length)
            .sum(),
        back.textBytes());
  }

  @Test
  void aLimitTooSmallIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ModelLimits(1, 1, 1, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> new ModelLimits(2, 0, 1, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> new ModelLimits(2, 1, 0, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> new ModelLimits(2, 1, 1, -1, 5));
    assertThrows(IllegalArgumentException.class, () -> new ModelLimits(2, 1, 1, 0, 0));
    assertEquals(0, new ModelLimits(2, 1, 1, 0, 5).waitingMax());
  }

  /** Customer messages with these texts and seqs from 1, appended one by one. */
  private static Transcript of(ModelLimits limits, String... texts) {
    Transcript transcript = Transcript.empty();
    for (int i = 0; i < texts.length; i++) {
      transcript = transcript.plus(said(i + 1, texts[i]), limits, NOTHING_OPEN);
    }
    return transcript;
  }

  private static FromCustomer said(long seq, String text) {
    return new FromCustomer(seq, new MessageId("m" + seq), text, START, Outcome.OPEN);
  }

  private static List<Long> seqs(List<Message> messages) {
    return messages.stream().map(Message::seq).toList();
  }
}
