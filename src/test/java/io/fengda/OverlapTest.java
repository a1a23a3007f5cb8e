package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A message while another is being answered, the whole way, by the tenant's policy. */
class OverlapTest {
  private static TestEngine engine;
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
  }

  @Test
  void aBurstIsAnsweredOnceAndTheVendorSeesAllOfIt() {
    Customer customer = client.customer(TestEngine.MERGING);
    CompletableFuture<Reply> first = customer.sayAsync("m-1", "hang on merged");
    awaitAsked("hang on merged");

    JsonNode second = customer.say("m-2", "and this").json();

    assertEquals("echo: and this", second.get("reply").get("text").asText());
    assertEquals("[1,2]", second.get("reply").get("covers").toString());
    assertEquals(second.get("reply"), first.join().json().get("reply"));
    assertEquals(1, first.join().json().get("message").get("seq").asLong());
    assertEquals(
        List.of("hang on merged", "and this"),
        engine.vendor().requestsAsking("and this").getLast().getQuestionsList());
  }

  @Test
  void theNewestMessageCutsTheOldAnswerOffAtItsVendor() {
    Customer customer = client.customer(TestEngine.INTERRUPTING);
    try (TestSocket socket = customer.socket(0)) {
      int cut = engine.vendor().cancelled();
      socket.say("m-1", "drip");
      var unused = socket.await("delta");

      socket.say("m-2", "rather this");

      assertEquals("echo: rather this", socket.awaitReplyTo(2).get("text").asText());
      JsonNode turn = socket.await("turn");
      assertEquals("[1]", turn.get("seqs").toString());
      assertEquals("cancelled", turn.get("outcome").asText());
      Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> engine.vendor().cancelled() > cut);
    }
  }

  @Test
  void aMessageIsRefusedWhileAnotherIsAnsweredAndMayBeSentAgain() {
    Customer customer = client.customer(TestEngine.REJECTING);
    CompletableFuture<Reply> first = customer.sayAsync("m-1", "slow hello");
    Awaitility.await().until(() -> customer.get("/v1/conversations/main/messages").status() == 200);

    Reply refused = customer.say("m-2", "hello again");

    assertEquals(409, refused.status());
    assertEquals("turn-open", refused.json().get("code").asText());
    assertTrue(refused.json().get("retryable").asBoolean());
    assertEquals(200, first.join().status());
    assertEquals(200, customer.say("m-2", "hello again").status());
  }

  private static void awaitAsked(String question) {
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> !engine.vendor().requestsAsking(question).isEmpty());
  }
}
