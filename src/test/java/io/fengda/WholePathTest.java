package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A message from end to end, on real PostgreSQL, Kafka and gRPC: one test for each outcome. */
class WholePathTest {
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    // The first turns of a process load classes; they are not what is tested here.
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                client
                    .customer(TestEngine.SCRIPTED)
                    .say("hello")
                    .json()
                    .get("outcome")
                    .asText()
                    .equals("answer"));
  }

  @Test
  void aQuestionIsAnsweredByTheTenantsVendor() {
    Customer customer = client.customer(TestEngine.SCRIPTED);

    Reply reply = customer.say("m-1", "where is my card");

    assertEquals(200, reply.status());
    JsonNode json = reply.json();
    assertEquals("main", json.get("conversationId").asText());
    assertEquals("answer", json.get("outcome").asText());
    assertEquals(1, json.get("message").get("seq").asLong());
    assertEquals("m-1", json.get("message").get("messageId").asText());
    assertEquals("answer", json.get("message").get("outcome").asText());
    JsonNode bot = json.get("reply");
    assertEquals(2, bot.get("seq").asLong());
    assertEquals("bot", bot.get("role").asText());
    assertEquals("echo: where is my card", bot.get("text").asText());
    assertEquals(1, bot.get("replyTo").asLong());
    assertEquals("[1]", bot.get("covers").toString());
    assertEquals("script", bot.get("vendor").asText());
    assertEquals(0.9, bot.get("confidence").asDouble());
    assertFalse(bot.get("fallback").asBoolean());
    assertTrue(bot.get("aiGenerated").asBoolean());
    assertEquals("script/1", bot.get("citations").get(0).get("source").asText());
    assertEquals(List.of(json.get("message"), bot), list(customer.history()));
  }

  @Test
  void theVendorIsGivenWhatWasSaidBeforeAndNoName() {
    Customer customer = client.customer(TestEngine.SCRIPTED, "somebody@example.com");
    assertEquals(200, customer.say("first " + UUID.randomUUID()).status());

    String second = "second " + UUID.randomUUID();
    assertEquals(200, customer.say(second).status());

    AnswerRequest asked = TestEngine.get().vendor().requestsAsking(second).getFirst();
    assertEquals(
        List.of(Role.ROLE_CUSTOMER, Role.ROLE_BOT),
        asked.getContextList().stream().map(message -> message.getRole()).toList());
    assertTrue(asked.getContext(0).getText().startsWith("first "));
    assertEquals("en", asked.getLanguage());
    assertEquals(TestEngine.SCRIPTED, asked.getTenantId());
    assertFalse(asked.toString().contains("somebody"));
  }

  @Test
  void anAnswerIsStreamedToEverySocketAndEventStream() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket socket = customer.socket(0);
        TestEvents events = customer.events(0)) {
      String text = "one two three four five six seven eight";

      socket.say("m-1", "stream " + text);

      JsonNode reply = socket.awaitReplyTo(1);
      assertEquals(text, reply.get("text").asText());
      socket.await("turn");
      assertEquals(
          List.of("accepted", "message"),
          socket.frames().stream().limit(2).map(frame -> frame.get("type").asText()).toList());
      List<JsonNode> deltas = socket.frames("delta");
      assertTrue(deltas.size() >= 2, "deltas: " + deltas);
      assertEquals(text.substring(0, joined(deltas).length()), joined(deltas));
      assertEquals(
          List.of("message", "turn"),
          socket.frames().stream()
              .map(frame -> frame.get("type").asText())
              .skip(socket.frames().size() - 2)
              .toList());

      events.await(event -> event.type().equals("turn"));
      assertEquals(
          List.of("1", "2"),
          events.events().stream()
              .filter(event -> event.type().equals("message"))
              .map(TestEvents.Event::id)
              .toList());
      assertEquals(
          joined(deltas),
          joined(
              events.events().stream()
                  .filter(event -> event.type().equals("delta"))
                  .map(TestEvents.Event::data)
                  .toList()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown thing       | The system is busy, please try again later.",
        "unknown 这个          | 系统繁忙，请稍后再试",
        "suggest ask a clerk | ask a clerk",
        "human please        | The system is busy, please try again later.",
        "refuse that         | The system is busy, please try again later.",
        "fail now            | The system is busy, please try again later.",
        "nothing at all      | The system is busy, please try again later.",
        "huge answer         | The system is busy, please try again later.",
        "half answer         | The system is busy, please try again later.",
      })
  void aTurnWithoutAnAnswerEndsWithTheFallback(String question, String text) {
    Customer customer = client.customer(TestEngine.SCRIPTED);

    JsonNode json = customer.say(question).json();

    assertEquals("fallback", json.get("outcome").asText());
    assertEquals("fallback", json.get("message").get("outcome").asText());
    assertEquals(text, json.get("reply").get("text").asText());
    assertTrue(json.get("reply").get("fallback").asBoolean());
    boolean isVendorsText = question.startsWith("suggest");
    assertEquals(isVendorsText, json.get("reply").get("aiGenerated").asBoolean());
    assertEquals(isVendorsText, json.get("reply").has("vendor"));
  }

  @Test
  void aVendorThatIsDownEndsInTheFallbackAtOnce() {
    Customer customer = client.customer(TestEngine.DOWN);
    customer.say("the first call loads classes");

    Instant before = Instant.now();
    Reply reply = customer.say("hello");

    assertEquals("fallback", reply.json().get("outcome").asText());
    assertTrue(Duration.between(before, Instant.now()).toMillis() < 1_500, "waited too long");
  }

  @Test
  void aVendorThatHangsIsWaitedForUntilTheDeadlineAndNoLonger() {
    Customer customer = client.customer(TestEngine.SCRIPTED);

    Instant before = Instant.now();
    Reply reply = customer.say("hang");
    long millis = Duration.between(before, Instant.now()).toMillis();

    assertEquals("fallback", reply.json().get("outcome").asText());
    assertTrue(millis >= 1_400 && millis < 4_000, "took ms: " + millis);
  }

  @Test
  void theSameMessageSentAgainGivesTheSameReplyAndNoSecondQuery() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    String question = "slow " + UUID.randomUUID();

    List<CompletableFuture<Reply>> atOnce =
        IntStream.range(0, 4).mapToObj(i -> customer.sayAsync("m-1", question)).toList();
    List<String> bodies = atOnce.stream().map(reply -> reply.join().raw().body()).toList();
    Reply later = customer.say("m-1", question);

    assertEquals(1, bodies.stream().distinct().count(), bodies::toString);
    assertEquals(bodies.getFirst(), later.raw().body());
    assertEquals(1, TestEngine.get().vendor().requestsAsking(question).size());
    assertEquals(2, customer.history().size());
  }

  @Test
  void theSameMessageIdWithAnotherTextIsRefused() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    customer.say("m-1", "one");

    Reply reply = customer.say("m-1", "two");

    assertEquals(409, reply.status());
    assertEquals("message-id-reused", reply.json().get("code").asText());
    assertFalse(reply.json().get("retryable").asBoolean());
  }

  @Test
  void messagesThatComeWhileATurnIsOpenWaitAndAreAnsweredInOrder() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket socket = customer.socket(0)) {
      for (int i = 1; i <= 5; i++) {
        socket.say("m-" + i, "slow " + i);
      }

      JsonNode last = socket.await(frame -> frame.path("message").path("replyTo").asLong() == 5);

      assertEquals("5", last.get("message").get("text").asText());
      List<JsonNode> messages =
          socket.frames("message").stream().map(frame -> frame.get("message")).toList();
      assertEquals(
          IntStream.rangeClosed(1, 10).mapToObj(i -> (long) i).toList(),
          messages.stream().map(message -> message.get("seq").asLong()).toList());
      assertEquals(
          List.of("1", "2", "3", "4", "5"),
          messages.stream()
              .filter(message -> message.get("role").asText().equals("bot"))
              .map(message -> message.get("text").asText())
              .toList());
    }
  }

  @Test
  void moreMessagesThanMayWaitAreRefusedAndLoseNothing() {
    Customer customer = client.customer(TestEngine.SCRIPTED);

    List<Integer> statuses =
        IntStream.rangeClosed(1, 8)
            .mapToObj(i -> customer.accept("m-" + i, "hang " + i).status())
            .toList();

    assertEquals(List.of(202, 202, 202, 202, 202, 202, 429, 429), statuses);
    Reply refused = customer.accept("m-8", "hang 8");
    assertEquals("conversation-busy", refused.json().get("code").asText());
    assertEquals("1", refused.header("Retry-After"));
    assertEquals(6, customer.history().size());
  }

  @Test
  void anAcceptedMessageIsFoundWhereTheLocationSays() {
    Customer customer = client.customer(TestEngine.SCRIPTED);

    Reply accepted = customer.accept("m-1", "hello");

    assertEquals(202, accepted.status());
    assertEquals(1, accepted.json().get("message").get("seq").asLong());
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> customer.get(accepted.header("Location")).json().get("messages").size() == 1);
    assertEquals(
        "echo: hello",
        customer
            .get(accepted.header("Location"))
            .json()
            .get("messages")
            .get(0)
            .get("text")
            .asText());
  }

  @Test
  void aTurnThatIsStoppedIsCancelledAndItsVendorTooAndTheNextOneGoesOn() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    try (TestSocket socket = customer.socket(0)) {
      int cancelledBefore = TestEngine.get().vendor().cancelled();
      socket.say("m-1", "drip");
      socket.await("delta");
      socket.say("m-2", "hello");

      socket.send("{\"type\": \"stop\"}");

      JsonNode turn = socket.await("turn");
      assertEquals("cancelled", turn.get("outcome").asText());
      assertEquals("[1]", turn.get("seqs").toString());
      assertEquals("echo: hello", socket.awaitReplyTo(2).get("text").asText());
      Awaitility.await()
          .atMost(5, TimeUnit.SECONDS)
          .until(() -> TestEngine.get().vendor().cancelled() > cancelledBefore);
      assertEquals("cancelled", customer.history().get(0).get("outcome").asText());
    }
  }

  @Test
  void aMessageSentAgainAfterItsTurnWasStoppedIsCancelledStill() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    CompletableFuture<Reply> waiting = customer.sayAsync("m-1", "hang");
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> customer.get("/v1/conversations/main/messages").status() == 200);

    assertEquals(204, customer.stop().status());

    assertEquals("cancelled", waiting.join().json().get("outcome").asText());
    assertFalse(waiting.join().json().has("reply"));
    assertEquals(waiting.join().raw().body(), customer.say("m-1", "hang").raw().body());
  }

  @Test
  void aTenantWithTooManyOpenTurnsIsRefusedAndOthersAreNot() {
    Customer first = client.customer(TestEngine.TINY);
    Customer second = client.customer(TestEngine.TINY);
    assertEquals(202, first.accept("m-1", "hang").status());

    Reply refused = second.say("hello");

    assertEquals(429, refused.status());
    assertEquals("too-many-open-turns", refused.json().get("code").asText());
    assertEquals("\"messages\";q=5;w=1", refused.header("RateLimit-Policy"));
    assertTrue(refused.json().get("retryable").asBoolean());
    assertEquals(200, client.customer(TestEngine.SCRIPTED).say("hello").status());
    assertEquals(404, second.get("/v1/conversations/main/messages").status());
  }

  private static String joined(List<JsonNode> deltas) {
    StringBuilder text = new StringBuilder();
    for (JsonNode delta : deltas) {
      assertEquals(text.codePointCount(0, text.length()), delta.get("offset").asInt());
      text.append(delta.get("text").asText());
    }
    return text.toString();
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
