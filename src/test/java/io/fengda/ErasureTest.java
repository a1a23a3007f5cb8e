package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a customer wants forgotten, or nobody came back to, is gone from every table. */
class ErasureTest {
  private static final int SNAPSHOT_EVERY = 50;

  private static FengdaClient client;
  private static TestDatabase database;

  private final String secret = "secret" + UUID.randomUUID().toString().replace("-", "");

  @BeforeAll
  static void start() {
    TestEngine engine = TestEngine.get();
    client = engine.client();
    database = TestDatabase.at(engine.databaseUrl());
  }

  @Test
  void noByteOfTheTextIsLeftInAnyTable() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    for (int turn = 0; turn <= SNAPSHOT_EVERY / 2; turn++) {
      assertEquals(200, customer.say("m-" + turn, "echo " + secret).status());
    }
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> tablesWith(secret), List.of("event_journal", "snapshot")::equals);

    assertEquals(204, erase(customer).status());

    assertEquals(List.of(), tablesWith(secret));
    assertEquals(404, customer.get("/v1/conversations/main/messages").status());
  }

  @Test
  void seqGoesOnAndTheSameIdIsANewMessage() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    customer.say("m-1", "hello");

    assertEquals(204, erase(customer).status());
    assertEquals(204, erase(customer).status());

    JsonNode again = customer.say("m-1", "something else").json();
    assertEquals(3, again.get("message").get("seq").asLong());
    assertEquals("answer", again.get("outcome").asText());
    assertEquals(
        List.of(3L, 4L),
        IntStream.range(0, 2)
            .mapToObj(i -> customer.history().get(i).get("seq").asLong())
            .toList());
  }

  @Test
  void whoHasNothingErasesNothing() {
    assertEquals(204, erase(client.customer(TestEngine.SCRIPTED)).status());
  }

  @Test
  void whoWatchesIsToldAndAnOldCursorGoesOnBehindIt() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    customer.say("m-1", "hello");
    try (TestSocket socket = customer.socket(0);
        TestEvents events = customer.events(0)) {
      var unused = socket.awaitReplyTo(1);
      unused = events.await(event -> event.id().equals("2")).data();

      assertEquals(204, erase(customer).status());

      assertEquals(3, socket.await("erased").get("firstSeq").asLong());
      assertEquals(
          3, events.await(event -> event.type().equals("erased")).data().get("firstSeq").asLong());
      socket.say("m-2", "hello again");
      assertEquals(4, socket.awaitReplyTo(3).get("seq").asLong());
    }
    try (TestSocket late = customer.socket(0)) {
      assertEquals(4, late.awaitReplyTo(3).get("seq").asLong());
      assertEquals(3, late.await("erased").get("firstSeq").asLong());
    }
  }

  @Test
  void whoWaitsForAnAnswerLearnsThatTheQuestionIsGone() {
    Customer customer = client.customer(TestEngine.SCRIPTED);
    CompletableFuture<Reply> asking = customer.sayAsync("m-1", "hang");
    Awaitility.await()
        .until(
            () -> customer.get("/v1/conversations/main/messages").status(),
            status -> status == 200);

    assertEquals(204, erase(customer).status());

    Reply gone = asking.join();
    assertEquals(410, gone.status());
    assertEquals("conversation-erased", gone.json().get("code").asText());
  }

  @Test
  void aConversationThatWasSilentForItsRetentionIsErased() {
    Customer customer = client.customer(TestEngine.BRIEF);
    assertEquals(200, customer.say("m-1", "echo " + secret).status());
    assertTrue(tablesWith(secret).contains("event_journal"));

    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> tablesWith(secret), List.of()::equals);

    assertEquals(404, customer.get("/v1/conversations/main/messages").status());
    assertEquals(3, customer.say("m-1", "hello").json().get("message").get("seq").asLong());
  }

  @Test
  void anErasureThatANodeLeftHalfDoneIsFinishedByAnother() {
    String persistenceId = "Conversation|scripted:half-erased-" + secret + ":main";
    insert(persistenceId, 1, "message-received", "ARRAY['open']", secret + "-text");
    insert(persistenceId, 2, "conversation-erased", "ARRAY['erased']", "");

    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                database.count(
                        "SELECT count(*) FROM event_journal WHERE persistence_id = '"
                            + persistenceId
                            + "'")
                    == 1);

    assertEquals(List.of(), tablesWith(secret + "-text"));
  }

  @Test
  void aTenantsConversationsAreKeptWhileAnothersAreErased() {
    Customer kept = client.customer(TestEngine.SCRIPTED);
    Customer brief = client.customer(TestEngine.BRIEF);
    kept.say("m-1", "hello");
    brief.say("m-1", "hello");

    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> brief.get("/v1/conversations/main/messages").status() == 404);

    assertEquals(2, kept.history().size());
  }

  private static Reply erase(Customer customer) {
    return client.send(customer.request("/v1/conversations/main").DELETE().build());
  }

  private void insert(
      String persistenceId, int seqNr, String manifest, String tags, String payload) {
    database.execute(
        """
        INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
          event_ser_id, event_ser_manifest, event_payload, writer, tags)
        VALUES (7, 'Conversation', '%s', %d, now() - interval '1 hour', 20260001, '%s', '%s', 'w', %s)
        """
            .formatted(persistenceId, seqNr, manifest, payload, tags));
  }

  /** The tables in any of whose columns the bytes of the text occur. */
  private static List<String> tablesWith(String text) {
    String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    return database
        .query(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'")
        .stream()
        .sorted()
        .filter(
            table ->
                database.count(
                        "SELECT count(*) FROM %s t WHERE t::text LIKE '%%%s%%' OR t::text LIKE '%%%s%%'"
                            .formatted(table, text, hex))
                    > 0)
        .toList();
  }
}
