package io.fengda.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.persistence.AtomicWrite;
import akka.persistence.DeleteMessagesSuccess;
import akka.persistence.JournalProtocol;
import akka.persistence.JournalProtocol.DeleteMessagesTo;
import akka.persistence.JournalProtocol.RecoverySuccess;
import akka.persistence.JournalProtocol.ReplayMessages;
import akka.persistence.JournalProtocol.ReplayedMessage;
import akka.persistence.JournalProtocol.WriteMessageFailure;
import akka.persistence.JournalProtocol.WriteMessageRejected;
import akka.persistence.JournalProtocol.WriteMessageSuccess;
import akka.persistence.JournalProtocol.WriteMessages;
import akka.persistence.JournalProtocol.WriteMessagesFailed;
import akka.persistence.Persistence;
import akka.persistence.PersistentEnvelope;
import akka.persistence.PersistentRepr;
import akka.persistence.SaveSnapshotSuccess;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotProtocol;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.journal.Tagged;
import akka.testkit.javadsl.TestKit;
import com.typesafe.config.ConfigFactory;
import io.fengda.NodeSettings;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The journal contract, on a real PostgreSQL, spoken as persistent actors speak it. */
class GroupCommitJournalTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static ActorSystem system;
  private static ActorRef journal;
  private static ActorRef snapshots;
  private static TestDatabase database;

  private final String id = newId();
  private TestKit actor;

  @BeforeAll
  static void start() {
    TestEngine engine = TestEngine.get();
    database = TestDatabase.at(engine.databaseUrl());
    system =
        ActorSystem.create(
            "journal",
            NodeSettings.from(
                    ConfigFactory.load(
                        ConfigFactory.parseString(
                                """
                            fengda.database.url = "%s"
                            akka.actor.provider = local
                            fengda.journal.group-commit { group-max = 50, queue-max = 400 }
                            """
                                    .formatted(engine.databaseUrl()))
                            .withFallback(ConfigFactory.parseResourcesAnySyntax("application"))))
                .config());
    journal =
        Persistence.get(system).journalFor("fengda.journal.group-commit", ConfigFactory.empty());
    snapshots =
        Persistence.get(system).snapshotStoreFor("fengda.journal.snapshots", ConfigFactory.empty());
  }

  @BeforeEach
  void createActor() {
    actor = new TestKit(system);
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  @Test
  void whatWasWrittenIsReplayedInOrder() {
    write(event(1), event(2), event(3));

    assertEquals(List.of(1L, 2L, 3L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aReplayKeepsToItsBounds() {
    write(event(1), event(2), event(3), event(4), event(5));

    assertEquals(List.of(3L, 4L, 5L), replay(3, Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(List.of(2L, 3L), replay(2, 3, Long.MAX_VALUE));
    assertEquals(List.of(2L, 3L), replay(2, Long.MAX_VALUE, 2));
    assertEquals(List.of(), replay(4, 3, Long.MAX_VALUE));
    assertEquals(List.of(), replay(6, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void theHighestNumberIsThatOfTheLastEventAlsoOfADeletedOne() {
    assertEquals(0, highest());
    write(event(1), event(2), event(3));
    assertEquals(3, highest());

    journal.tell(new DeleteMessagesTo(id, Long.MAX_VALUE, actor.getRef()), actor.getRef());
    assertInstanceOf(DeleteMessagesSuccess.class, actor.receiveOne(TIMEOUT));

    assertEquals(3, highest());
    assertEquals(List.of(), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void deletedEventsAreNotReplayed() {
    write(event(1), event(2), event(3));

    journal.tell(new DeleteMessagesTo(id, 2, actor.getRef()), actor.getRef());
    assertInstanceOf(DeleteMessagesSuccess.class, actor.receiveOne(TIMEOUT));

    assertEquals(List.of(3L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void tagsAndMetadataAreKept() {
    send(
        List.of(
            repr(id, 1, new Tagged("first", tags("open", "two"))),
            repr(id, 2, "second").withMetadata("of the second")),
        actor.getRef());
    assertWritten(2);

    assertEquals(
        List.of("{open,two}", "null"),
        database.query(
            "SELECT (SELECT array_agg(t ORDER BY t) FROM unnest(tags) t)::text FROM event_journal"
                + " WHERE persistence_id = '%s' ORDER BY seq_nr".formatted(id)));
    List<ReplayedMessage> replayed = replayed(1, Long.MAX_VALUE, Long.MAX_VALUE);
    assertEquals(Option.empty(), replayed.get(0).persistent().metadata());
    assertEquals(Option.apply("of the second"), replayed.get(1).persistent().metadata());
    assertEquals("first", replayed.get(0).persistent().payload());
  }

  @Test
  void largeEmptyAndStrangeTextsComeBackAsTheyWere() {
    List<String> texts = List.of("", "x".repeat(100_000), "{\"a\",\\b} ' 😀 \u0001 NULL");
    for (int i = 0; i < texts.size(); i++) {
      send(List.of(repr(id, i + 1, texts.get(i))), actor.getRef());
    }
    assertWritten(3);

    assertEquals(
        texts,
        replayed(1, Long.MAX_VALUE, Long.MAX_VALUE).stream()
            .map(message -> message.persistent().payload())
            .toList());
  }

  @Test
  void writesOfDifferentIdsThatComeTogetherShareTransactions() {
    List<String> ids = Stream.generate(GroupCommitJournalTest::newId).limit(300).toList();

    ids.forEach(each -> send(List.of(repr(each, 1, "hello")), actor.getRef()));
    assertWritten(300);

    long transactions =
        database.count(
            "SELECT count(DISTINCT xmin::text) FROM event_journal WHERE persistence_id IN ('%s')"
                .formatted(String.join("','", ids)));
    assertTrue(transactions <= 20, transactions + " transactions for 300 writes");
  }

  @Test
  void manyWritesOfOneIdKeepTheirOrderAndTimesGrow() {
    LongStream.rangeClosed(1, 100)
        .forEach(seqNr -> send(List.of(repr(id, seqNr, "event " + seqNr)), actor.getRef()));

    for (long seqNr = 1; seqNr <= 100; seqNr++) {
      assertEquals(seqNr, nextSuccess().persistent().sequenceNr());
    }
    assertEquals(
        0,
        database.count(
            "SELECT count(*) FROM event_journal a JOIN event_journal b"
                + " ON a.persistence_id = b.persistence_id AND a.seq_nr + 1 = b.seq_nr"
                + " WHERE a.persistence_id = '%s' AND a.db_timestamp >= b.db_timestamp"
                    .formatted(id)));
  }

  @Test
  void aTakenNumberFailsItsOwnWriteWholeAndNoOther() {
    write(event(1), event(2));
    List<String> others = Stream.generate(GroupCommitJournalTest::newId).limit(40).toList();
    TestKit other = new TestKit(system);
    TestKit zombie = new TestKit(system);

    others.subList(0, 20).forEach(each -> send(List.of(repr(each, 1, "x")), other.getRef()));
    send(List.of(repr(id, 3, "new"), repr(id, 2, "taken")), zombie.getRef());
    others.subList(20, 40).forEach(each -> send(List.of(repr(each, 1, "x")), other.getRef()));

    WriteMessagesFailed failed =
        assertInstanceOf(WriteMessagesFailed.class, zombie.receiveOne(TIMEOUT));
    assertInstanceOf(R2dbcDataIntegrityViolationException.class, failed.cause());
    assertInstanceOf(WriteMessageFailure.class, zombie.receiveOne(TIMEOUT));
    assertWritten(40, other);
    assertEquals(List.of(1L, 2L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void anIdThatTheDatabaseCanNotHoldFailsAlone() {
    TestKit other = new TestKit(system);
    List<String> others = Stream.generate(GroupCommitJournalTest::newId).limit(10).toList();

    others.forEach(each -> send(List.of(repr(each, 1, "x")), other.getRef()));
    send(List.of(repr("Test|" + "x".repeat(300), 1, "too long")), actor.getRef());

    assertInstanceOf(WriteMessagesFailed.class, actor.receiveOne(TIMEOUT));
    assertWritten(10, other);
  }

  @Test
  void whatHasNoBytesIsRejectedAndNothingElse() {
    send(List.of(repr(id, 1, "fine")), actor.getRef());
    send(List.of(repr(id, 2, new Object())), actor.getRef());
    send(List.of(repr(id, 3, "fine again")), actor.getRef());

    assertEquals(1, nextSuccess().persistent().sequenceNr());
    assertInstanceOf(WriteMessageRejected.class, nextOutcome());
    assertEquals(3, nextSuccess().persistent().sequenceNr());
  }

  @Test
  void severalWritesOfOneMessageAreKeptInOrder() {
    sendTogether(
        List.of(List.of(event(1)), List.of(event(2), event(3)), List.of(event(4))), actor.getRef());
    assertWritten(4);

    assertEquals(List.of(1L, 2L, 3L, 4L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void whatHasNoBytesIsRejectedAlsoBetweenOthersOfOneMessage() {
    sendTogether(
        List.of(
            List.of(event(1)),
            List.of(repr(id, 2, new Object())),
            List.of(repr(id, 3, new Tagged("tagged", tags("")))),
            List.of(event(4))),
        actor.getRef());

    assertEquals(1, nextSuccess().persistent().sequenceNr());
    assertInstanceOf(WriteMessageRejected.class, nextOutcome());
    assertInstanceOf(WriteMessageRejected.class, nextOutcome());
    assertEquals(4, nextSuccess().persistent().sequenceNr());
    assertEquals(List.of(1L, 4L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aReplayWaitsForTheWriteThatIsUnderWay() {
    TestKit writer = new TestKit(system);

    send(LongStream.rangeClosed(1, 5_000).mapToObj(this::event).toList(), writer.getRef());

    assertEquals(5_000, replay(1, Long.MAX_VALUE, Long.MAX_VALUE).size());
  }

  @Test
  void aTransactionOfAnotherNodeDelaysTheWriteOfTheSameNumberAndNoOther() {
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () ->
                database.execute(
                    "WITH held AS MATERIALIZED (%s RETURNING 1) SELECT pg_sleep(4) FROM held"
                        .formatted(row(1))));
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                database.count(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                            + " AND query LIKE '%%%s%%'".formatted(id))
                    > 0);
    TestKit writers = new TestKit(system);

    for (int i = 0; i < 10; i++) {
      send(List.of(repr(newId(), 1, "x")), writers.getRef());
    }
    send(List.of(event(1)), actor.getRef());
    for (int i = 0; i < 10; i++) {
      send(List.of(repr(newId(), 1, "x")), writers.getRef());
    }

    assertWritten(20, writers);
    assertInstanceOf(WriteMessagesFailed.class, actor.receiveOne(TIMEOUT));
    assertFalse(other.isDone(), "the others have waited for it");
    other.join();
  }

  @Test
  void aLaneGoesOnAfterItsConnectionsAreLost() {
    write(event(1));
    var unused =
        database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE query LIKE 'INSERT INTO event_journal%unnest%' AND state = 'idle'");

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              TestKit writer = new TestKit(system);
              send(List.of(repr(newId(), 1, "x")), writer.getRef());
              return writer
                  .receiveOne(TIMEOUT)
                  .equals(JournalProtocol.WriteMessagesSuccessful$.MODULE$);
            });
    assertEquals(List.of(1L), replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aFullQueueRefusesAtOnce() {
    TestKit first = new TestKit(system);
    TestKit second = new TestKit(system);

    send(events(newId(), 300), first.getRef());
    send(events(newId(), 300), second.getRef());
    send(events(id, 300), actor.getRef());

    WriteMessagesFailed failed =
        assertInstanceOf(WriteMessagesFailed.class, actor.receiveOne(TIMEOUT));
    assertTrue(failed.cause().toString().contains("queue-max"), failed.cause().toString());
    assertWritten(300, first);
    assertWritten(300, second);
  }

  @Test
  void whoRecoversIsToldTheLastNumberByTheQueryForItsSnapshot() {
    assertNoSnapshot();
    database.execute(row(1));

    assertEquals(0, highest(), "known from before the row");

    assertEquals(1, highest(), "asked again");
  }

  @Test
  void aLookIsForgottenWhenSomethingIsWrittenAfterIt() {
    assertNoSnapshot();

    write(event(1));

    assertEquals(1, highest());
  }

  @Test
  void aSnapshotIsKeptAndWhatCameAfterItIsReplayed() {
    write(event(1), event(2), event(3));
    snapshots.tell(
        new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(id, 2, 0), "after two"),
        actor.getRef());
    assertInstanceOf(SaveSnapshotSuccess.class, actor.receiveOne(TIMEOUT));

    SnapshotProtocol.LoadSnapshotResult loaded = loadSnapshot();

    assertEquals("after two", loaded.snapshot().get().snapshot());
    assertEquals(List.of(3L), replay(3, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  private void assertNoSnapshot() {
    assertTrue(loadSnapshot().snapshot().isEmpty());
  }

  private SnapshotProtocol.LoadSnapshotResult loadSnapshot() {
    snapshots.tell(
        new SnapshotProtocol.LoadSnapshot(id, SnapshotSelectionCriteria.latest(), Long.MAX_VALUE),
        actor.getRef());
    return assertInstanceOf(SnapshotProtocol.LoadSnapshotResult.class, actor.receiveOne(TIMEOUT));
  }

  /** A statement of another node's, that writes an event of this id. */
  private String row(long seqNr) {
    return """
    INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
      event_ser_id, event_ser_manifest, event_payload, writer, adapter_manifest)
    VALUES (0, 'Test', '%s', %d, now(), 20, '', '', '', '')
    """
        .formatted(id, seqNr);
  }

  private static String newId() {
    return "Test|" + UUID.randomUUID();
  }

  private PersistentRepr event(long seqNr) {
    return repr(id, seqNr, "event " + seqNr);
  }

  private static PersistentRepr repr(String id, long seqNr, Object payload) {
    return PersistentRepr.apply(payload, seqNr, id, "", false, ActorRef.noSender(), "the writer");
  }

  private static List<PersistentRepr> events(String id, int count) {
    return LongStream.rangeClosed(1, count).mapToObj(seqNr -> repr(id, seqNr, "x")).toList();
  }

  /** Writes each event for itself. */
  private void write(PersistentRepr... events) {
    for (PersistentRepr event : events) {
      send(List.of(event), actor.getRef());
    }
    assertWritten(events.length);
  }

  private static void send(List<PersistentRepr> events, ActorRef sender) {
    sendTogether(List.of(events), sender);
  }

  /** Atomic writes in one message. */
  private static void sendTogether(List<List<PersistentRepr>> writes, ActorRef sender) {
    List<PersistentEnvelope> messages =
        writes.stream().<PersistentEnvelope>map(write -> new AtomicWrite(seq(write))).toList();
    journal.tell(new WriteMessages(seq(messages), sender, 1), sender);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toList();
  }

  private static scala.collection.immutable.Set<String> tags(String... tags) {
    return CollectionConverters.asScala(Set.of(tags)).toSet();
  }

  private void assertWritten(int events) {
    assertWritten(events, actor);
  }

  private static void assertWritten(int events, TestKit writer) {
    for (int written = 0; written < events; ) {
      Object answer = writer.receiveOne(TIMEOUT);
      if (answer instanceof WriteMessageSuccess) {
        written++;
      } else {
        assertEquals(JournalProtocol.WriteMessagesSuccessful$.MODULE$, answer);
      }
    }
  }

  private WriteMessageSuccess nextSuccess() {
    return assertInstanceOf(WriteMessageSuccess.class, nextOutcome());
  }

  /** What became of the next event. */
  private Object nextOutcome() {
    Object answer = actor.receiveOne(TIMEOUT);
    return answer.equals(JournalProtocol.WriteMessagesSuccessful$.MODULE$)
        ? actor.receiveOne(TIMEOUT)
        : answer;
  }

  private List<Long> replay(long from, long to, long max) {
    return replayed(from, to, max).stream()
        .map(message -> message.persistent().sequenceNr())
        .toList();
  }

  private List<ReplayedMessage> replayed(long from, long to, long max) {
    journal.tell(new ReplayMessages(from, to, max, id, actor.getRef()), actor.getRef());
    List<ReplayedMessage> messages = new ArrayList<>();
    Object answer = actor.receiveOne(TIMEOUT);
    while (answer instanceof ReplayedMessage message) {
      messages.add(message);
      answer = actor.receiveOne(TIMEOUT);
    }
    assertInstanceOf(RecoverySuccess.class, answer);
    return messages;
  }

  private long highest() {
    journal.tell(new ReplayMessages(0, Long.MAX_VALUE, 0, id, actor.getRef()), actor.getRef());
    return assertInstanceOf(RecoverySuccess.class, actor.receiveOne(TIMEOUT)).highestSequenceNr();
  }
}
