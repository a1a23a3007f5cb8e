package io.fengda.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import akka.persistence.Persistence;
import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
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
  private final JournalSerializer serializer = new JournalSerializer();

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
    database.execute(row(3, replied(3, 1)));

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

  private static MessageReceived received(long seq, String text) {
    return received(seq, text, Instant.now());
  }

  private static MessageReceived received(long seq, String text, Instant at) {
    return new MessageReceived(
        seq,
        new MessageId("dead-" + seq),
        Digest.of(text),
        text,
        Channel.REST,
        Language.EN,
        "",
        false,
        at);
  }

  private static ReplyGenerated replied(long seq, long covered) {
    return new ReplyGenerated(
        new Message.Reply(
            seq,
            List.of(covered),
            ReplyKind.ANSWER,
            "an answer",
            "vendor",
            1,
            List.of(),
            new AttemptId("a"),
            Instant.now()),
        true);
  }

  /** The statement that writes the event as the journal's plugin would, stamped when it begins. */
  private String row(long seqNr, ConversationEvent event) {
    int slice = Persistence.get(engine.system()).sliceForPersistenceId(persistenceId);
    return """
    INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
      event_ser_id, event_ser_manifest, event_payload, writer, adapter_manifest, tags)
    VALUES (%d, 'Conversation', '%s', %d, transaction_timestamp(),
      %d, '%s', '\\x%s', 'a dead node', '', ARRAY['open'])\
    """
        .formatted(
            slice,
            persistenceId,
            seqNr,
            serializer.identifier(),
            serializer.manifest(event),
            HexFormat.of().formatHex(serializer.toBinary(event)));
  }
}
