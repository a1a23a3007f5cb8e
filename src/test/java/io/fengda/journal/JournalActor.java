package io.fengda.journal;

import static io.fengda.journal.JournalActor.events;
import static io.fengda.journal.JournalActor.newId;
import static io.fengda.journal.JournalActor.repr;
import static io.fengda.journal.JournalActor.tags;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.ActorRef;
import akka.persistence.AtomicWrite;
import akka.persistence.JournalProtocol;
import akka.persistence.JournalProtocol.RecoverySuccess;
import akka.persistence.JournalProtocol.ReplayMessages;
import akka.persistence.JournalProtocol.ReplayedMessage;
import akka.persistence.JournalProtocol.WriteMessageSuccess;
import akka.persistence.JournalProtocol.WriteMessages;
import akka.persistence.PersistentEnvelope;
import akka.persistence.PersistentRepr;
import akka.persistence.SnapshotProtocol;
import akka.persistence.SnapshotSelectionCriteria;
import akka.testkit.javadsl.TestKit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Speaks with a journal as one persistent actor does. */
final class JournalActor {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String id = newId();
  private final TestKit kit;
  private final ActorRef journal;
  private final ActorRef snapshots;

  JournalActor(TestKit kit, ActorRef journal, ActorRef snapshots) {
    this.kit = kit;
    this.journal = journal;
    this.snapshots = snapshots;
  }

  static String newId() {
    return "Test|" + UUID.randomUUID();
  }

  static PersistentRepr repr(String id, long seqNr, Object payload) {
    return PersistentRepr.apply(payload, seqNr, id, "", false, ActorRef.noSender(), "the writer");
  }

  static List<PersistentRepr> events(String id, int count) {
    return LongStream.rangeClosed(1, count).mapToObj(seqNr -> repr(id, seqNr, "x")).toList();
  }

  static scala.collection.immutable.Set<String> tags(String... tags) {
    return CollectionConverters.asScala(Set.of(tags)).toSet();
  }

  String id() {
    return id;
  }

  ActorRef ref() {
    return kit.getRef();
  }

  PersistentRepr event(long seqNr) {
    return repr(id, seqNr, "event " + seqNr);
  }

  void tell(Object message) {
    journal.tell(message, ref());
  }

  void tellSnapshots(Object message) {
    snapshots.tell(message, ref());
  }

  /** The next thing that it is told. */
  Object next() {
    return kit.receiveOne(TIMEOUT);
  }

  /** One atomic write. */
  void send(List<PersistentRepr> events) {
    sendTogether(List.of(events));
  }

  /** Atomic writes in one message. */
  void sendTogether(List<List<PersistentRepr>> writes) {
    List<PersistentEnvelope> messages =
        writes.stream().<PersistentEnvelope>map(write -> new AtomicWrite(seq(write))).toList();
    tell(new WriteMessages(seq(messages), ref(), 1));
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toList();
  }

  /** Writes each event for itself. */
  void write(PersistentRepr... events) {
    for (PersistentRepr event : events) {
      send(List.of(event));
    }
    assertWritten(events.length);
  }

  void assertWritten(int events) {
    for (int written = 0; written < events; ) {
      Object answer = next();
      if (answer instanceof WriteMessageSuccess) {
        written++;
      } else {
        assertEquals(JournalProtocol.WriteMessagesSuccessful$.MODULE$, answer);
      }
    }
  }

  WriteMessageSuccess nextSuccess() {
    return assertInstanceOf(WriteMessageSuccess.class, nextOutcome());
  }

  /** What became of the next event. */
  Object nextOutcome() {
    Object answer = next();
    return answer.equals(JournalProtocol.WriteMessagesSuccessful$.MODULE$) ? next() : answer;
  }

  List<Long> replay(long from, long to, long max) {
    return replayed(from, to, max).stream()
        .map(message -> message.persistent().sequenceNr())
        .toList();
  }

  List<ReplayedMessage> replayed(long from, long to, long max) {
    tell(new ReplayMessages(from, to, max, id, ref()));
    List<ReplayedMessage> messages = new ArrayList<>();
    Object answer = next();
    while (answer instanceof ReplayedMessage message) {
      messages.add(message);
      answer = next();
    }
    assertInstanceOf(RecoverySuccess.class, answer);
    return messages;
  }

  long highest() {
    tell(new ReplayMessages(0, Long.MAX_VALUE, 0, id, ref()));
    return assertInstanceOf(RecoverySuccess.class, next()).highestSequenceNr();
  }

  void assertNoSnapshot() {
    assertTrue(loadSnapshot().snapshot().isEmpty());
  }

  SnapshotProtocol.LoadSnapshotResult loadSnapshot() {
    tellSnapshots(
        new SnapshotProtocol.LoadSnapshot(id, SnapshotSelectionCriteria.latest(), Long.MAX_VALUE));
    return assertInstanceOf(SnapshotProtocol.LoadSnapshotResult.class, next());
  }

  /** A statement of another node's, that writes an event of this id. */
  String row(long seqNr) {
    return """
    INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
      event_ser_id, event_ser_manifest, event_payload, writer, adapter_manifest)
    VALUES (0, 'Test', '%s', %d, now(), 20, '', '', '', '')
    """
        .formatted(id, seqNr);
  }
}
