package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.grpc.GrpcServiceException;
import akka.stream.javadsl.Sink;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import io.fengda.answerer.ScriptedModel.Script;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LanguageModelAnswererTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final TenantId HARBOR = TenantId.of("harbor");
  private static final String QUESTION = "I lost my bank card yesterday";

  private final ScriptedModel model = ScriptedModel.start();

  @AfterEach
  void close() {
    model.close();
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void answersPieceByPieceAndNamesThePassagesThatItRestsOn() {
    List<AnswerEvent> events = all(asking(QUESTION));

    String joined =
        events.stream().map(event -> event.getDelta().getText()).collect(Collectors.joining());
    var answer = events.getLast().getFinal().getAnswer();
    assertEquals("Call the hotline [1].", joined);
    assertEquals(joined, answer.getText());
    assertTrue(events.size() > 3, events::toString);
    assertEquals("manual/lost-card", answer.getCitations(0).getSource());
    assertEquals(1, answer.getCitationsCount());
  }

  @Test
  void isToldWhoItIsWhatTheTenantKnowsAndWhatWasSaid() {
    AnswerRequest request =
        asking(QUESTION).toBuilder()
            .addContext(said(Role.ROLE_CUSTOMER, "Hello"))
            .addContext(said(Role.ROLE_BOT, "Good day."))
            .build();

    var unused = all(request);

    JsonNode body = model.asked().getLast().body();
    assertEquals("Bearer secret", model.asked().getLast().authorization());
    assertEquals("large", body.get("model").asText());
    assertEquals(64, body.get("max_tokens").asInt());
    JsonNode messages = body.get("messages");
    String system = messages.get(0).get("content").asText();
    assertTrue(system.startsWith("You are Harbor's assistant."), system);
    assertTrue(system.contains(Entries.LOST_CARD.answer()), system);
    assertEquals("Hello", messages.get(1).get("content").asText());
    assertEquals("assistant", messages.get(2).get("role").asText());
    assertEquals(QUESTION, messages.get(3).get("content").asText());
  }

  @Test
  void isNotAskedWhatTheTenantKnowsNothingOf() {
    List<AnswerEvent> events = all(asking("Who was the first emperor of Rome"));

    assertTrue(events.getLast().getFinal().hasNoAnswer());
    assertEquals(1, events.size());
    assertTrue(model.asked().isEmpty());
  }

  @Test
  void whatItDoesNotKnowItDoesNotSay() {
    model.plays(Script.DOES_NOT_KNOW);

    List<AnswerEvent> events = all(asking(QUESTION));

    assertEquals(1, events.size());
    assertTrue(events.getLast().getFinal().hasNoAnswer());
  }

  @Test
  void answersInOnePieceWhereItCanNotStream() {
    model.plays(Script.WHOLE);

    List<AnswerEvent> events = all(answerer(false), asking(QUESTION));

    assertEquals(1, events.size());
    var answer = events.getLast().getFinal().getAnswer();
    assertEquals("Call the hotline [1].", answer.getText());
    assertEquals("manual/lost-card", answer.getCitations(0).getSource());
    assertFalse(model.asked().getLast().body().path("stream").asBoolean());
  }

  @Test
  void halfAnAnswerIsNone() {
    model.plays(Script.REACHES_ITS_LIMIT);

    assertTrue(all(asking(QUESTION)).getLast().getFinal().hasNoAnswer());
  }

  @Test
  void whatItsFilterStopsIsRefused() {
    model.plays(Script.FILTERS);

    assertTrue(all(asking(QUESTION)).getLast().getFinal().hasRefused());
  }

  @ParameterizedTest
  @CsvSource({
    "BREAKS_OFF, INTERNAL",
    "CUTS_THE_CONNECTION, INTERNAL",
    "FAILS_IN_MID_STREAM, INTERNAL",
    "NEVER_ENDS, RESOURCE_EXHAUSTED",
    "IS_BUSY, RESOURCE_EXHAUSTED",
    "IS_BROKEN, UNAVAILABLE",
    "REFUSES_THE_KEY, INTERNAL"
  })
  void aModelThatFailsIsAFailureOfTheVendor(Script script, Status.Code code) {
    model.plays(script);

    assertFails(code, answerer(true));
  }

  @ParameterizedTest
  @CsvSource({"IS_BUSY, RESOURCE_EXHAUSTED", "IS_BROKEN, UNAVAILABLE"})
  void soIsOneThatCanNotStream(Script script, Status.Code code) {
    model.plays(script);

    assertFails(code, answerer(false));
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() {
    LanguageModelAnswerer answerer = answerer(true);
    model.close();

    assertFails(Status.Code.UNAVAILABLE, answerer);
  }

  @Test
  void isStoppedWhenNobodyWaits() throws Exception {
    model.plays(Script.TALKS_ON);

    var first =
        answerer(true)
            .answer(asking(QUESTION))
            .runWith(Sink.head(), KIT.system())
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);

    assertTrue(first.hasDelta());
    assertTrue(model.cutOff().await(10, TimeUnit.SECONDS));
  }

  @Test
  void oneThatFallsSilentIsLateAndStopped() throws Exception {
    model.plays(Script.STALLS);

    assertFails(Status.Code.DEADLINE_EXCEEDED, answerer(true));

    assertTrue(model.cutOff().await(10, TimeUnit.SECONDS));
  }

  @Test
  void aTenantWithoutAModelIsNotFound() {
    AnswerRequest request = asking(QUESTION).toBuilder().setTenantId("beeshop").build();

    var thrown = assertThrows(CompletionException.class, () -> all(request));

    assertEquals(Status.Code.NOT_FOUND, code(thrown));
  }

  @ParameterizedTest
  @CsvSource({
    "'tenants.acme { base-url = \"ftp://h/v1\", model = m }', tenants.acme.base-url",
    "'tenants.acme { base-url = \"https://h/v1\", model = \"\" }', tenants.acme.model",
    "'tenants.Acme { base-url = \"https://h/v1\", model = m }', tenants.Acme",
    "passages-max = 17, passages-max",
    "tokens-max = 0, tokens-max",
    "timeout = 0s, timeout",
    "port = 65536, port"
  })
  void aSettingOutOfItsRangeIsNamed(String setting, String named) {
    var config =
        ConfigFactory.parseString("fengda.openai { " + setting + " }")
            .withFallback(ConfigFactory.parseString("fengda.answerer.host = \"127.0.0.1\""))
            .withFallback(ConfigFactory.parseResources("openai.conf"))
            .resolve();

    var thrown =
        assertThrows(IllegalArgumentException.class, () -> LanguageModelSettings.from(config));

    assertTrue(String.valueOf(thrown.getMessage()).contains("fengda.openai." + named));
  }

  private static void assertFails(Status.Code code, LanguageModelAnswerer answerer) {
    var thrown = assertThrows(CompletionException.class, () -> all(answerer, asking(QUESTION)));
    assertEquals(code, code(thrown));
  }

  private static Status.Code code(CompletionException thrown) {
    return assertInstanceOf(GrpcServiceException.class, thrown.getCause()).getStatus().getCode();
  }

  private List<AnswerEvent> all(AnswerRequest request) {
    return all(answerer(true), request);
  }

  private static List<AnswerEvent> all(LanguageModelAnswerer answerer, AnswerRequest request) {
    return answerer
        .answer(request)
        .runWith(Sink.seq(), KIT.system())
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private LanguageModelAnswerer answerer(boolean stream) {
    return LanguageModelAnswerer.of(
        Knowledge.of(Map.of(HARBOR, Entries.ALL)),
        new LanguageModelSettings(
            "127.0.0.1",
            0,
            64,
            2,
            Duration.ofSeconds(2),
            Map.of(
                HARBOR,
                new LanguageModelSettings.Model(
                    model.baseUrl(), "large", "secret", stream, "You are Harbor's assistant."))),
        0.3,
        Clock.systemUTC());
  }

  private static ContextMessage said(Role role, String text) {
    return ContextMessage.newBuilder().setRole(role).setText(text).build();
  }

  private static AnswerRequest asking(String question) {
    return AnswerRequest.newBuilder()
        .setTenantId("harbor")
        .setLanguage("en")
        .addQuestions(question)
        .build();
  }
}
