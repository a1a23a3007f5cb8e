package io.fengda.journal;

import static io.fengda.journal.JournalRows.received;
import static io.fengda.journal.JournalRows.replied;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Turns that the journal leaves open and no entity works on: as if the node that wrote these rows
 * had died right after.
 */
class RedriverTest {
  private final TestEngine engine = TestEngine.get();
  private final TestDatabase database = TestDatabase.at(engine.databaseUrl());
  private final String user = "dead-" + UUID.randomUUID();
  private final String persistenceId = "Conversation|" + TestEngine.SCRIPTED + ":" + user + ":main";

  @Test
  void anOpenTurnIsFoundAndAnswered() {
    database.execute(row(1, received(1, "hello")));

    awaitTurnsEnded();

    assertEquals("echo: hello", history().get(1).get("text").asText());
  }

  @Test
  void aMessageThatWaitedBehindAnAnsweredOneIsFoundAndAnswered() {
    database.execute(row(1, received(1, "hello")));
    database.execute(row(2, received(2, "hello again")));
    database.execute(row(3, replied(3, 1, true)));

    awaitTurnsEnded();

    assertEquals("echo: hello again", history().get(3).get("text").asText());
  }

  @Test
  void aWriteThatCommitsLongAfterItsTimestampIsFound() {
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () ->
                database.execute(
                    "WITH late AS MATERIALIZED (SELECT pg_sleep(9)) "
                        + row(1, received(1, "late"))
                            .replace("VALUES (", "SELECT ")
                            .replaceAll("\\)$", " FROM late")));

    written.join();
    awaitTurnsEnded();

    assertEquals("echo: late", history().get(1).get("text").asText());
  }

  @Test
  void anEntityThatRecoveredBeforeALateWriteIsMadeToRecoverAgain() {
    Customer customer = engine.client().customer(TestEngine.SCRIPTED, user);
    assertEquals(200, customer.say("m-1", "hello").status());
    database.execute(row(3, received(3, "landed late")));

    awaitTurnsEnded();

    assertEquals("echo: landed late", history().get(3).get("text").asText());
    assertEquals(5, customer.say("m-2", "and on").json().get("message").get("seq").asLong());
  }

  @Test
  void aTurnThatIsTooOldEndsWithTheFallback() {
    MessageReceived old = received(1, "hello", Instant.now().minusSeconds(61));

    database.execute(row(1, old));

    awaitTurnsEnded();
    assertEquals("fallback", history().get(0).get("outcome").asText());
  }

  private void awaitTurnsEnded() {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () ->
                database.count(
                        """
                        SELECT count(*) FROM (
                          SELECT tags FROM event_journal WHERE persistence_id = '%s'
                          ORDER BY seq_nr DESC LIMIT 1) last
                        WHERE 'open' = ANY(tags)
                        """
                            .formatted(persistenceId))
                    == 0);
    assertFalse(history().isEmpty());
  }

  private JsonNode history() {
    return engine.client().customer(TestEngine.SCRIPTED, user).history();
  }

  private String row(long seqNr, ConversationEvent event) {
    return JournalRows.insert(engine.system(), persistenceId, seqNr, event);
  }
}
