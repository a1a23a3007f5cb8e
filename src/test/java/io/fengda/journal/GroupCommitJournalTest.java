package io.fengda.journal;

import static io.fengda.journal.JournalActor.repr;
import static io.fengda.journal.JournalActor.tags;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.persistence.DeleteMessagesSuccess;
import akka.persistence.JournalProtocol.DeleteMessagesTo;
import akka.persistence.JournalProtocol.ReplayedMessage;
import akka.persistence.JournalProtocol.WriteMessageRejected;
import akka.persistence.SaveSnapshotSuccess;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotProtocol;
import akka.persistence.journal.Tagged;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import scala.Option;

/** The journal contract, on a real PostgreSQL, spoken as persistent actors speak it. */
class GroupCommitJournalTest {
  @RegisterExtension static final TestJournal journal = new TestJournal();

  private final JournalActor actor = journal.actor();

  @Test
  void whatWasWrittenIsReplayedInOrder() {
    actor.write(actor.event(1), actor.event(2), actor.event(3));

    assertEquals(List.of(1L, 2L, 3L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aReplayKeepsToItsBounds() {
    actor.write(actor.event(1), actor.event(2), actor.event(3), actor.event(4), actor.event(5));

    assertEquals(List.of(3L, 4L, 5L), actor.replay(3, Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(List.of(2L, 3L), actor.replay(2, 3, Long.MAX_VALUE));
    assertEquals(List.of(2L, 3L), actor.replay(2, Long.MAX_VALUE, 2));
    assertEquals(List.of(), actor.replay(4, 3, Long.MAX_VALUE));
    assertEquals(List.of(), actor.replay(6, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void theHighestNumberIsThatOfTheLastEventAlsoOfADeletedOne() {
    assertEquals(0, actor.highest());
    actor.write(actor.event(1), actor.event(2), actor.event(3));
    assertEquals(3, actor.highest());

    actor.tell(new DeleteMessagesTo(actor.id(), Long.MAX_VALUE, actor.ref()));
    assertInstanceOf(DeleteMessagesSuccess.class, actor.next());

    assertEquals(3, actor.highest());
    assertEquals(List.of(), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void deletedEventsAreNotReplayed() {
    actor.write(actor.event(1), actor.event(2), actor.event(3));

    actor.tell(new DeleteMessagesTo(actor.id(), 2, actor.ref()));
    assertInstanceOf(DeleteMessagesSuccess.class, actor.next());

    assertEquals(List.of(3L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void tagsAndMetadataAreKept() {
    actor.send(
        List.of(
            repr(actor.id(), 1, new Tagged("first", tags("open", "two"))),
            repr(actor.id(), 2, "second").withMetadata("of the second")));
    actor.assertWritten(2);

    assertEquals(
        List.of("{open,two}", "null"),
        journal
            .database()
            .query(
                "SELECT (SELECT array_agg(t ORDER BY t) FROM unnest(tags) t)::text FROM"
                    + " event_journal"
                    + " WHERE persistence_id = '%s' ORDER BY seq_nr".formatted(actor.id())));
    List<ReplayedMessage> replayed = actor.replayed(1, Long.MAX_VALUE, Long.MAX_VALUE);
    assertEquals(Option.empty(), replayed.get(0).persistent().metadata());
    assertEquals(Option.apply("of the second"), replayed.get(1).persistent().metadata());
    assertEquals("first", replayed.get(0).persistent().payload());
  }

  @Test
  void largeEmptyAndStrangeTextsComeBackAsTheyWere() {
    List<String> texts = List.of("", "x".repeat(100_000), "{\"a\",\\b} ' 😀 \u0001 NULL");
    for (int i = 0; i < texts.size(); i++) {
      actor.send(List.of(repr(actor.id(), i + 1, texts.get(i))));
    }
    actor.assertWritten(3);

    assertEquals(
        texts,
        actor.replayed(1, Long.MAX_VALUE, Long.MAX_VALUE).stream()
            .map(message -> message.persistent().payload())
            .toList());
  }

  @Test
  void manyWritesOfOneIdKeepTheirOrderAndTimesGrow() {
    LongStream.rangeClosed(1, 100)
        .forEach(seqNr -> actor.send(List.of(repr(actor.id(), seqNr, "event " + seqNr))));

    for (long seqNr = 1; seqNr <= 100; seqNr++) {
      assertEquals(seqNr, actor.nextSuccess().persistent().sequenceNr());
    }
    assertEquals(
        0,
        journal
            .database()
            .count(
                "SELECT count(*) FROM event_journal a JOIN event_journal b"
                    + " ON a.persistence_id = b.persistence_id AND a.seq_nr + 1 = b.seq_nr"
                    + " WHERE a.persistence_id = '%s' AND a.db_timestamp >= b.db_timestamp"
                        .formatted(actor.id())));
  }

  @Test
  void whatHasNoBytesIsRejectedAndNothingElse() {
    actor.send(List.of(repr(actor.id(), 1, "fine")));
    actor.send(List.of(repr(actor.id(), 2, new Object())));
    actor.send(List.of(repr(actor.id(), 3, "fine again")));

    assertEquals(1, actor.nextSuccess().persistent().sequenceNr());
    assertInstanceOf(WriteMessageRejected.class, actor.nextOutcome());
    assertEquals(3, actor.nextSuccess().persistent().sequenceNr());
  }

  @Test
  void severalWritesOfOneMessageAreKeptInOrder() {
    actor.sendTogether(
        List.of(
            List.of(actor.event(1)),
            List.of(actor.event(2), actor.event(3)),
            List.of(actor.event(4))));
    actor.assertWritten(4);

    assertEquals(List.of(1L, 2L, 3L, 4L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void whatHasNoBytesIsRejectedAlsoBetweenOthersOfOneMessage() {
    actor.sendTogether(
        List.of(
            List.of(actor.event(1)),
            List.of(repr(actor.id(), 2, new Object())),
            List.of(repr(actor.id(), 3, new Tagged("tagged", tags("")))),
            List.of(actor.event(4))));

    assertEquals(1, actor.nextSuccess().persistent().sequenceNr());
    assertInstanceOf(WriteMessageRejected.class, actor.nextOutcome());
    assertInstanceOf(WriteMessageRejected.class, actor.nextOutcome());
    assertEquals(4, actor.nextSuccess().persistent().sequenceNr());
    assertEquals(List.of(1L, 4L), actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void aReplayWaitsForTheWriteThatIsUnderWay() {
    JournalActor writer = journal.actor();

    writer.send(LongStream.rangeClosed(1, 5_000).mapToObj(actor::event).toList());

    assertEquals(5_000, actor.replay(1, Long.MAX_VALUE, Long.MAX_VALUE).size());
  }

  @Test
  void whoRecoversIsToldTheLastNumberByTheQueryForItsSnapshot() {
    actor.assertNoSnapshot();
    journal.database().execute(actor.row(1));

    assertEquals(0, actor.highest(), "known from before the row");

    assertEquals(1, actor.highest(), "asked again");
  }

  @Test
  void aLookIsForgottenWhenSomethingIsWrittenAfterIt() {
    actor.assertNoSnapshot();

    actor.write(actor.event(1));

    assertEquals(1, actor.highest());
  }

  @Test
  void aSnapshotIsKeptAndWhatCameAfterItIsReplayed() {
    actor.write(actor.event(1), actor.event(2), actor.event(3));
    actor.tellSnapshots(
        new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(actor.id(), 2, 0), "after two"));
    assertInstanceOf(SaveSnapshotSuccess.class, actor.next());

    SnapshotProtocol.LoadSnapshotResult loaded = actor.loadSnapshot();

    assertEquals("after two", loaded.snapshot().get().snapshot());
    assertEquals(List.of(3L), actor.replay(3, Long.MAX_VALUE, Long.MAX_VALUE));
  }
}
