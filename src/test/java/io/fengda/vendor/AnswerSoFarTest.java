package io.fengda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.HandOver;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.proto.nlp.v1.Refused;
import io.fengda.tenant.Language;
import io.fengda.vendor.VendorCalls.Event;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a vendor's events mean, and how they are held to the contract. */
class AnswerSoFarTest {
  private static final AttemptId ATTEMPT = new AttemptId("attempt-1");
  private static final int BYTES_MAX = 12;
  private static final int CITATIONS_MAX = 2;
  private static final Query QUERY =
      new Query(
          ConversationId.of("bank", "li.ming", "main"),
          ATTEMPT,
          List.of(new Query.Question(3, "怎么退款？"), new Query.Question(4, "?")),
          List.of(),
          Language.ZH,
          Instant.parse("2026-03-08T09:30:01.500Z"),
          "");

  private final AnswerSoFar answer =
      new AnswerSoFar(QUERY, "answerer", new VendorCodec(BYTES_MAX, CITATIONS_MAX));

  @Test
  void deltasAreNumberedInCodePoints() {
    List<String> pieces = List.of("好", "😀", "é", "!");

    List<Input.FromWorker> told = pieces.stream().map(this::delta).toList();

    assertEquals(
        List.of(
            new Input.Delta(ATTEMPT, 0, "好"),
            new Input.Delta(ATTEMPT, 1, "😀"),
            new Input.Delta(ATTEMPT, 2, "é"),
            new Input.Delta(ATTEMPT, 3, "!")),
        told);
  }

  @Test
  void anEmptyDeltaMovesNothing() {
    delta("好");
    delta("");

    Input.FromWorker next = delta("的");

    assertEquals(new Input.Delta(ATTEMPT, 1, "的"), next);
  }

  @Test
  void deltasUpToTheLimitOfBytesAreTaken() {
    delta("七天内");

    Input.FromWorker last = delta("a23");

    assertEquals(new Input.Delta(ATTEMPT, 3, "a23"), last);
  }

  @Test
  void deltasBeyondTheLimitOfBytesBreakTheContract() {
    delta("七天内可");

    Input.FromWorker beyond = delta("a");

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), beyond);
  }

  @Test
  void theFinalAnswerIsTheResult() {
    delta("七天");

    Input.FromWorker result =
        last(
            Answer.newBuilder()
                .setText("七天内。")
                .setConfidence(0.87)
                .addCitations(
                    io.fengda.proto.nlp.v1.Citation.newBuilder()
                        .setTitle("退款")
                        .setSource("refunds.md")));

    assertEquals(
        new Input.Result(
            ATTEMPT,
            List.of(3L, 4L),
            ReplyKind.ANSWER,
            "七天内。",
            "answerer",
            0.87,
            List.of(new Citation("退款", "refunds.md"))),
        result);
  }

  static Stream<Arguments> finalsWithoutAnswer() {
    return Stream.of(
        Arguments.of(
            ReplyKind.NO_ANSWER,
            Final.newBuilder().setNoAnswer(NoAnswer.newBuilder().setText("不知道"))),
        Arguments.of(
            ReplyKind.HAND_OVER,
            Final.newBuilder().setHandOver(HandOver.newBuilder().setText("不知道"))),
        Arguments.of(
            ReplyKind.REFUSED, Final.newBuilder().setRefused(Refused.newBuilder().setText("不知道"))));
  }

  @ParameterizedTest
  @MethodSource("finalsWithoutAnswer")
  void aFinalWithoutAnswerKeepsItsKindAndText(ReplyKind kind, Final.Builder last) {
    Input.FromWorker result = last(last);

    assertEquals(ended(kind, "不知道"), result);
  }

  @Test
  void aTextInsteadOfAnAnswerIsHeldToTheLimitToo() {
    NoAnswer.Builder tooLong = NoAnswer.newBuilder().setText("一二三四五");

    Input.FromWorker result = last(Final.newBuilder().setNoAnswer(tooLong));

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "一二三四五", "1234567890123"})
  void anAnswerThatIsBlankOrTooLongBreaksTheContract(String text) {
    Input.FromWorker result = last(Answer.newBuilder().setText(text));

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void aConfidenceThatIsNoneBreaksTheContract(double confidence) {
    Input.FromWorker result = last(Answer.newBuilder().setText("好").setConfidence(confidence));

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @Test
  void moreCitationsThanMayBeBreakTheContract() {
    var citations =
        Collections.nCopies(
            CITATIONS_MAX + 1, io.fengda.proto.nlp.v1.Citation.getDefaultInstance());

    Input.FromWorker result = last(Answer.newBuilder().setText("好").addAllCitations(citations));

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @Test
  void anEventThatSaysNothingBreaksTheContract() {
    Input.FromWorker result = answer.next(Event.of(AnswerEvent.getDefaultInstance()));

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @Test
  void aFinalWithoutAnOutcomeBreaksTheContract() {
    Input.FromWorker result = last(Final.newBuilder());

    assertEquals(ended(ReplyKind.VENDOR_INVALID, ""), result);
  }

  @ParameterizedTest
  @EnumSource(names = {"VENDOR_TIMEOUT", "VENDOR_UNAVAILABLE", "VENDOR_ERROR", "VENDOR_INVALID"})
  void aCallThatFailsAfterADeltaEndsWithItsKind(ReplyKind kind) {
    delta("七天");

    Input.FromWorker result = answer.next(new Event.Failed(kind));

    assertEquals(ended(kind, ""), result);
  }

  private Input.FromWorker delta(String text) {
    return answer.next(
        Event.of(AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build()));
  }

  private Input.FromWorker last(Answer.Builder text) {
    return last(Final.newBuilder().setAnswer(text));
  }

  private Input.FromWorker last(Final.Builder last) {
    return answer.next(Event.of(AnswerEvent.newBuilder().setFinal(last).build()));
  }

  private static Input.Result ended(ReplyKind kind, String text) {
    return new Input.Result(ATTEMPT, List.of(3L, 4L), kind, text, "answerer", 0, List.of());
  }
}
