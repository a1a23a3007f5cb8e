package io.fengda.journal;

import static io.fengda.journal.JournalActor.events;
import static io.fengda.journal.JournalActor.newId;
import static io.fengda.journal.JournalActor.repr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.persistence.JournalProtocol;
import akka.persistence.JournalProtocol.WriteMessageFailure;
import akka.persistence.JournalProtocol.WriteMessagesFailed;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writes of different ids in one transaction: what they share, and what each has alone. */
class GroupCommitGroupsTest {
  @RegisterExtension static final TestJournal journal = new TestJournal();

  private final JournalActor actor = journal.actor();

  @Test
  void writesOfDifferentIdsThatComeTogetherShareTransactions() {
    List<String> ids = Stream.generate(JournalActor::newId).limit(300).toList();

    ids.forEach(each -> actor.send(List.of(repr(each, 1, "hello"))));
    actor.assertWritten(300);

    long transactions =
        journal
            .database()
            .count(
                "SELECT count(DISTINCT xmin::text) FROM event_journal WHERE persistence_id IN ('%s')"
                    .formatted(String.join("','", ids)));
    assertTrue(transactions <= 20, transactions + " transactions for 300 writes");
  }

  @Test
  void aTakenNumberFailsItsOwnWriteWholeAndNoOther() {
    actor.write(actor.event(1), actor.event(2));
    List<String> others = Stream.generate(JournalActor::newId).limit(40).toList();
    JournalActor other = journal.actor();
    JournalActor zombie = journal.actor();

    others.subList(0, 20).forEach(each -> other.send(List.of(repr(each, 1, "x"))));
    zombie.send(List.of(repr(actor.id(), 3, "new"), repr(actor.id(), 2, "taken")));
    others.subList(20, 40).forEach(each -> other.send(List.of(repr(each, 1, "x"))));

    WriteMessagesFailed failed = assertInstanceOf(WriteMessagesFailed.class, zombie.next());
    assertInstanceOf(R2dbcDataIntegrityViolationException.class, failed.cause());
    assertInstanceOf(WriteMessageFailure.class, zombie.next());
    other.assertWritten(40);
    assertEquals(List.of(1L, 2L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void anIdThatTheDatabaseCanNotHoldFailsAlone() {
    JournalActor other = journal.actor();
    List<String> others = Stream.generate(JournalActor::newId).limit(10).toList();

    others.forEach(each -> other.send(List.of(repr(each, 1, "x"))));
    actor.send(List.of(repr("Test|" + "x".repeat(300), 1, "too long")));

    assertInstanceOf(WriteMessagesFailed.class, actor.next());
    other.assertWritten(10);
  }

  @Test
  void aTransactionOfAnotherNodeDelaysTheWriteOfTheSameNumberAndNoOther() {
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () ->
                journal
                    .database()
                    .execute(
                        "WITH held AS MATERIALIZED (%s RETURNING 1) SELECT pg_sleep(4) FROM held"
                            .formatted(actor.row(1))));
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                journal
                        .database()
                        .count(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                                + " AND query LIKE '%%%s%%'".formatted(actor.id()))
                    > 0);
    JournalActor writers = journal.actor();

    for (int i = 0; i < 10; i++) {
      writers.send(List.of(repr(newId(), 1, "x")));
    }
    actor.send(List.of(actor.event(1)));
    for (int i = 0; i < 10; i++) {
      writers.send(List.of(repr(newId(), 1, "x")));
    }

    writers.assertWritten(20);
    assertInstanceOf(WriteMessagesFailed.class, actor.next());
    assertFalse(other.isDone(), "the others have waited for it");
    other.join();
  }

  @Test
  void aLaneGoesOnAfterItsConnectionsAreLost() {
    actor.write(actor.event(1));
    var unused =
        journal
            .database()
            .query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE query LIKE 'INSERT INTO event_journal%unnest%' AND state = 'idle'");

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              JournalActor writer = journal.actor();
              writer.send(List.of(repr(newId(), 1, "x")));
              return writer.next().equals(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
            });
    assertEquals(List.of(1L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aFullQueueRefusesAtOnce() {
    JournalActor first = journal.actor();
    JournalActor second = journal.actor();

    first.send(events(newId(), 300));
    second.send(events(newId(), 300));
    actor.send(events(actor.id(), 300));

    WriteMessagesFailed failed = assertInstanceOf(WriteMessagesFailed.class, actor.next());
    assertTrue(failed.cause().toString().contains("queue-max"), failed.cause().toString());
    first.assertWritten(300);
    second.assertWritten(300);
  }
}
