package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Database and broker that go away in the middle: nothing accepted is lost, and it goes on after.
 */
class OutageTest {
  private static TestEngine engine;
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
  }

  @Test
  void withoutKafkaAnAcceptedTurnEndsAtItsDeadlineAndAnswersComeAgainAfter() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    assertEquals("answer", customer.say("m-1", "before").json().get("outcome").asText());

    engine.stopKafka();
    JsonNode during = customer.say("m-2", "during").json();

    assertEquals(3, during.get("message").get("seq").asLong());
    assertEquals("fallback", during.get("outcome").asText());
    engine.startKafka();
    awaitAnswers();
    assertEquals(during, customer.say("m-2", "during").json());
    assertEquals("answer", customer.say("m-3", "after").json().get("outcome").asText());
    assertGaplessAndEnded(customer.history(), 6);
  }

  @Test
  void withoutKafkaTheEdgeRefusesOnceItsBufferIsFullAndWhatItAcceptedEnds() {
    engine.stopKafka();
    List<Customer> accepted = new ArrayList<>();
    Optional<Reply> refused = Optional.empty();
    for (int i = 0; i < 2_000 && refused.isEmpty(); i++) {
      Customer customer = client.customer(TestEngine.SCRIPTED);
      Reply reply = customer.accept("m-1", "hello");
      if (reply.status() == 202) {
        accepted.add(customer);
      } else {
        refused = Optional.of(reply);
      }
    }

    assertEquals(503, refused.orElseThrow().status());
    assertEquals("overloaded", refused.orElseThrow().json().get("code").asText());
    assertTrue(accepted.size() >= 64, "accepted: " + accepted.size());
    engine.startKafka();
    awaitAnswers();
    accepted.forEach(customer -> assertGaplessAndEnded(customer.history(), 2));
  }

  @Test
  void withoutPostgresNothingIsAcceptedAndTheSameMessageSucceedsAfter() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    assertEquals("answer", customer.say("m-1", "before").json().get("outcome").asText());

    engine.stopPostgres();
    Reply refused = customer.accept("m-2", "during");

    assertEquals(503, refused.status(), refused.raw().body());
    assertTrue(refused.json().get("retryable").asBoolean());
    assertEquals("1", refused.header("Retry-After"));
    engine.startPostgres();
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> customer.accept("m-2", "during").status() == 202);
    awaitAnswers();
    assertEquals(3, customer.say("m-2", "during").json().get("message").get("seq").asLong());
    assertEquals("answer", customer.say("m-3", "after").json().get("outcome").asText());
    assertGaplessAndEnded(customer.history(), 6);
  }

  private static void awaitAnswers() {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                client
                    .customer(TestEngine.SCRIPTED)
                    .say(UUID.randomUUID().toString(), "again")
                    .json()
                    .path("outcome")
                    .asText()
                    .equals("answer"));
  }

  private static void assertGaplessAndEnded(JsonNode history, int messages) {
    assertEquals(messages, history.size(), history::toString);
    for (int i = 0; i < messages; i++) {
      assertEquals(i + 1, history.get(i).get("seq").asLong());
    }
    assertTrue(
        StreamSupport.stream(history.spliterator(), false)
            .noneMatch(message -> message.path("outcome").asText().equals("open")),
        history::toString);
  }
}
