package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.grpc.GrpcServiceException;
import akka.stream.javadsl.Sink;
import akka.stream.testkit.javadsl.TestSink;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.Final.OutcomeCase;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class AnswererTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Knowledge KNOWLEDGE =
      Knowledge.of(Map.of(TenantId.of("harbor"), Entries.ALL));

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void anAnswerComesInPiecesThatJoinToTheFinalText() {
    List<AnswerEvent> events = all(answerer(3, AT_ONCE), asking("en", "I lost my bank card"));

    var answer = events.getLast().getFinal().getAnswer();
    String joined =
        events.stream().map(event -> event.getDelta().getText()).collect(Collectors.joining());
    assertEquals(Entries.LOST_CARD.answer(), answer.getText());
    assertEquals(Entries.LOST_CARD.answer(), joined);
    assertEquals(1 + (answer.getText().codePointCount(0, joined.length()) + 2) / 3, events.size());
  }

  @Test
  void anAnswerSaysHowSureItIsAndWhereItComesFrom() {
    var answer = ended(asking("zh", "怎么查余额")).getAnswer();

    assertEquals(1.0, answer.getConfidence());
    Citation citation = Citation.newBuilder().setTitle("怎么查余额").setSource("manual/balance").build();
    assertEquals(List.of(citation), answer.getCitationsList());
  }

  @Test
  void belowTheThresholdThereIsNoAnswerAndNoText() {
    var events = all(answerer(3, AT_ONCE), asking("zh", "今天天气怎么样"));

    assertEquals(1, events.size());
    assertEquals(OutcomeCase.NO_ANSWER, events.getFirst().getFinal().getOutcomeCase());
    assertEquals("", events.getFirst().getFinal().getNoAnswer().getText());
  }

  @Test
  void severalQuestionsAreAnsweredTogether() {
    assertEquals(
        Entries.CARD_LOST.answer(), ended(asking("zh", "银行卡", "丢了", "怎么办")).getAnswer().getText());
  }

  @Test
  void questionsThatNothingCoversTogetherAreAnsweredByTheNewestThatIsKnown() {
    var answer = ended(asking("zh", "怎么查余额", "转账限额是多少", "今天天气怎么样，会不会下雨刮风")).getAnswer();

    assertEquals(Entries.TRANSFER_LIMIT.answer(), answer.getText());
  }

  @Test
  void manyQuestionsAreHarmless() {
    var many = asking("zh", "今天天气怎么样").toBuilder();
    for (int i = 0; i < 200; i++) {
      many.addQuestions("蓝天白云" + i);
    }

    assertEquals(OutcomeCase.NO_ANSWER, ended(many.build()).getOutcomeCase());
  }

  @Test
  void whatBreaksTheContractIsRefused() {
    AnswerRequest good = asking("zh", "怎么查余额");
    String tooLong = "好".repeat(AnswerRequests.QUESTION_BYTES_MAX / 3 + 1);

    assertRefused(Status.Code.INVALID_ARGUMENT, good.toBuilder().clearQuestions().build());
    assertRefused(Status.Code.INVALID_ARGUMENT, good.toBuilder().setTenantId("Harbor").build());
    assertRefused(Status.Code.INVALID_ARGUMENT, good.toBuilder().setTenantId("").build());
    assertRefused(Status.Code.INVALID_ARGUMENT, good.toBuilder().addQuestions(tooLong).build());
  }

  @Test
  void theLongestQuestionIsHeard() {
    String longest = "a".repeat(AnswerRequests.QUESTION_BYTES_MAX);

    assertEquals(OutcomeCase.NO_ANSWER, ended(asking("en", longest)).getOutcomeCase());
  }

  @Test
  void aTenantWithoutKnowledgeIsNotFound() {
    assertRefused(
        Status.Code.NOT_FOUND, asking("zh", "怎么查余额").toBuilder().setTenantId("nobody").build());
  }

  @Test
  void whatIsLateIsNotAnswered() {
    AnswerRequest request = asking("zh", "怎么查余额");
    long nowMillis = NOW.toEpochMilli();

    assertRefused(
        Status.Code.DEADLINE_EXCEEDED,
        request.toBuilder().setDeadlineEpochMillis(nowMillis).build());
    AnswerRequest inTime = request.toBuilder().setDeadlineEpochMillis(nowMillis + 1).build();
    assertEquals(OutcomeCase.ANSWER, ended(inTime).getOutcomeCase());
  }

  @Test
  void piecesComeOneAnInterval() {
    Duration interval = Duration.ofMillis(300);
    var probe =
        answerer(8, interval)
            .answer(asking("en", "I lost my bank card"))
            .runWith(TestSink.create(KIT.system().classicSystem()), KIT.system());

    probe.request(10);

    assertEquals("Call the", probe.expectNext().getDelta().getText());
    probe.expectNoMessage(interval.dividedBy(2));
    assertEquals(" hotline", probe.expectNext().getDelta().getText());
    probe.cancel();
  }

  @Test
  void withoutDemandNothingIsLostAndNothingIsSent() {
    var probe =
        answerer(4096, AT_ONCE)
            .answer(asking("zh", "怎么查余额"))
            .runWith(TestSink.create(KIT.system().classicSystem()), KIT.system());

    probe.ensureSubscription().expectNoMessage(Duration.ofMillis(50));

    assertTrue(probe.requestNext().hasDelta());
    assertTrue(probe.requestNext().hasFinal());
    probe.expectComplete();
  }

  private static Final ended(AnswerRequest request) {
    return all(answerer(4096, AT_ONCE), request).getLast().getFinal();
  }

  private static List<AnswerEvent> all(Answerer answerer, AnswerRequest request) {
    return answerer.answer(request).runWith(Sink.seq(), KIT.system()).toCompletableFuture().join();
  }

  private static void assertRefused(Status.Code code, AnswerRequest request) {
    var thrown =
        assertThrows(CompletionException.class, () -> all(answerer(4096, AT_ONCE), request));
    var refusal = assertInstanceOf(GrpcServiceException.class, thrown.getCause());
    assertEquals(code, refusal.getStatus().getCode());
  }

  private static Answerer answerer(int deltaCodePointsMax, Duration deltaInterval) {
    var settings =
        new AnswererSettings(
            "127.0.0.1",
            0,
            AnswererSettingsTest.PLAIN,
            Path.of("none"),
            Duration.ofSeconds(5),
            0.3,
            deltaCodePointsMax,
            deltaInterval);
    return Answerer.of(KNOWLEDGE, settings, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static AnswerRequest asking(String language, String... questions) {
    return AnswerRequest.newBuilder()
        .setTenantId("harbor")
        .setLanguage(language)
        .addAllQuestions(List.of(questions))
        .build();
  }
}
