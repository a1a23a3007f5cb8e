package io.fengda.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteLaneTest {
  private static final long MILLI = 1_000_000;

  private final WriteLane lane =
      new WriteLane(
          new GroupCommitSettings(1, 8, 20, Duration.ofMillis(2), Duration.ofMillis(100)));

  @Test
  void aSingleWriterNeverWaits() {
    for (int i = 0; i < 3; i++) {
      offer("a", 0);
      assertTrue(lane.isDue(0));
      assertEquals(List.of("a"), idsOf(lane.take()));
      lane.written();
    }
  }

  @Test
  void aSingleWriterThatIsBackBeforeItsGroupHasEndedDoesNotWaitEither() {
    offer("a", 0);
    var unused = lane.take();
    offer("a", 0);

    lane.written();

    assertTrue(lane.isDue(0));
  }

  @Test
  void whatComesDuringAWriteMakesTheNextGroup() {
    offer("a", 0);
    var unused = lane.take();
    offer("b", 0);
    offer("c", 0);
    assertFalse(lane.isDue(MILLI));

    lane.written();

    offer("a", MILLI);
    assertTrue(lane.isDue(MILLI));
    assertEquals(List.of("b", "c", "a"), idsOf(lane.take()));
  }

  @Test
  void theWritersOfTheLastGroupAreExpectedForAWindow() {
    group("a", "b", "c");
    offer("a", 10 * MILLI);
    assertFalse(lane.isDue(10 * MILLI));
    assertTrue(lane.beginsWindow());
    assertFalse(lane.beginsWindow());
    assertEquals(MILLI, lane.nanosLeft(11 * MILLI));
    assertTrue(lane.isDue(12 * MILLI));

    assertEquals(List.of("a"), idsOf(lane.take()));

    lane.written();
    offer("a", 13 * MILLI);
    assertTrue(lane.isDue(13 * MILLI), "who did not come is no longer expected");
  }

  @Test
  void aFullGroupDoesNotWait() {
    group("a", "b", "c", "d", "e", "f", "g", "h");
    IntStream.range(0, 8).forEach(i -> offer("w" + i, MILLI));
    assertTrue(lane.isDue(MILLI));

    offer("w8", MILLI);

    assertEquals(8, lane.take().size());
    lane.written();
    assertEquals(List.of("w8"), idsOf(lane.take()));
  }

  @Test
  void aPersistenceIdComesOnceInAGroup() {
    offer("a", 0);
    offer("b", 0);
    offer("a", 0);
    offer("c", 0);

    assertEquals(List.of("a", "b"), idsOf(lane.take()));
    lane.written();
    assertEquals(List.of("a", "c"), idsOf(lane.take()));
  }

  @Test
  void aWriteOfMoreEventsThanAGroupHoldsGoesAlone() {
    assertTrue(lane.offer(write("a", 9, 0)));
    offer("b", 0);

    assertEquals(List.of("a"), idsOf(lane.take()));
    lane.written();
    assertEquals(List.of("b"), idsOf(lane.take()));
  }

  @Test
  void aFullLaneTakesNoMore() {
    assertTrue(lane.offer(write("a", 12, 0)));
    assertTrue(lane.offer(write("b", 8, 0)));

    assertFalse(lane.offer(write("c", 1, 0)));

    var unused = lane.take();
    assertTrue(lane.offer(write("c", 12, 0)));
    assertFalse(lane.offer(write("d", 1, 0)));
  }

  @Test
  void whatItsWriterHasGivenUpIsNotWritten() {
    offer("a", 0);
    offer("b", 50 * MILLI);

    assertEquals(List.of("a"), idsOf(lane.removeOverdue(100 * MILLI)));

    assertEquals(List.of("b"), idsOf(lane.take()));
  }

  private void group(String... ids) {
    for (String id : ids) {
      offer(id, 0);
    }
    assertEquals(List.of(ids), idsOf(lane.take()));
    lane.written();
  }

  private void offer(String id, long at) {
    assertTrue(lane.offer(write(id, 1, at)));
  }

  private static PendingWrite write(String id, int events, long at) {
    return new PendingWrite(
        IntStream.rangeClosed(1, events)
            .mapToObj(
                seqNr ->
                    new EventRow(
                        0,
                        "Test",
                        id,
                        seqNr,
                        0,
                        "writer",
                        new EventRow.Serialized(1, "", new byte[0]),
                        Set.of(),
                        null))
            .toList(),
        at);
  }

  private static List<String> idsOf(List<PendingWrite> writes) {
    return writes.stream().map(PendingWrite::persistenceId).toList();
  }
}
