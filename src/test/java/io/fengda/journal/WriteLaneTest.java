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
          new GroupCommitSettings(
              1, 8, 20, Duration.ofMillis(2), Duration.ofMillis(10), Duration.ofMillis(100)));

  @Test
  void aSingleWriterNeverWaits() {
    for (int i = 0; i < 3; i++) {
      offer("a", 0);
      assertTrue(lane.isDue(0));
      assertEquals(List.of("a"), idsOf(lane.take()));
      lane.written(0);
    }
  }

  @Test
  void aSingleWriterThatIsBackBeforeItsGroupHasEndedDoesNotWaitEither() {
    offer("a", 0);
    var unused = lane.take();
    offer("a", 0);

    lane.written(0);

    assertTrue(lane.isDue(0));
  }

  @Test
  void whatComesDuringAWriteMakesTheNextGroup() {
    offer("a", 0);
    var unused = lane.take();
    offer("b", 0);
    offer("c", 0);
    assertFalse(lane.isDue(MILLI));

    lane.written(0);

    offer("a", MILLI);
    assertTrue(lane.isDue(MILLI));
    assertEquals(List.of("b", "c", "a"), idsOf(lane.take()));
  }

  @Test
  void theWritersOfTheLastGroupAreExpectedForAWindow() {
    group("a", "b", "c");
    offer("a", 0);
    assertFalse(lane.isDue(MILLI));
    assertTrue(lane.beginsWindow());
    assertFalse(lane.beginsWindow());
    assertEquals(MILLI, lane.nanosLeft(MILLI));

    assertTrue(lane.isDue(2 * MILLI));

    assertEquals(List.of("a"), idsOf(lane.take()));
    lane.written(2 * MILLI);
    offer("a", 2 * MILLI);
    assertTrue(lane.isDue(2 * MILLI), "who did not come is no longer expected");
  }

  @Test
  void strangersAreWaitedForFromTheFirstWriteOn() {
    group("a");
    offer("b", 3 * MILLI);
    assertFalse(lane.isDue(3 * MILLI));
    assertEquals(2 * MILLI, lane.nanosLeft(3 * MILLI));

    offer("c", 4 * MILLI);

    assertFalse(lane.isDue(4 * MILLI));
    assertTrue(lane.isDue(5 * MILLI));
    assertEquals(List.of("b", "c"), idsOf(lane.take()));
  }

  @Test
  void aShortSilenceIsNone() {
    group("a", "b", "c");

    offer("d", 8 * MILLI - 1);

    assertFalse(lane.isDue(8 * MILLI - 1));
  }

  @Test
  void whatCameDuringAWriteWaitsForAWindowMore() {
    offer("a", 0);
    var unused = lane.take();
    offer("b", 0);

    lane.written(MILLI);

    assertEquals(2 * MILLI, lane.nanosLeft(MILLI));
  }

  @Test
  void aWindowThatEndsTooSoonBeginsAgain() {
    group("a", "b");
    offer("a", 0);
    assertTrue(lane.beginsWindow());

    lane.windowOver();

    assertFalse(lane.isDue(MILLI));
    assertTrue(lane.beginsWindow());
  }

  @Test
  void nobodyIsExpectedAnyMoreAfterSilence() {
    group("a", "b", "c");

    offer("d", 8 * MILLI);

    assertTrue(lane.isDue(8 * MILLI));
  }

  @Test
  void aFullGroupDoesNotWait() {
    group("a", "b", "c", "d", "e", "f", "g", "h");
    IntStream.range(0, 8).forEach(i -> offer("w" + i, MILLI));
    assertTrue(lane.isDue(MILLI));

    offer("w8", MILLI);

    assertEquals(8, lane.take().size());
    lane.written(0);
    assertEquals(List.of("w8"), idsOf(lane.take()));
  }

  @Test
  void aPersistenceIdComesOnceInAGroup() {
    offer("a", 0);
    offer("b", 0);
    offer("a", 0);
    offer("c", 0);

    assertEquals(List.of("a", "b"), idsOf(lane.take()));
    lane.written(0);
    offer("b", 0);
    assertTrue(lane.isDue(0), "all are back");
    assertEquals(List.of("a", "c", "b"), idsOf(lane.take()));
  }

  @Test
  void aWriteOfMoreEventsThanAGroupHoldsGoesAlone() {
    assertTrue(lane.offer(write("a", 9, 0)));
    offer("b", 0);

    assertEquals(List.of("a"), idsOf(lane.take()));
    lane.written(0);
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
  void aWriteThatIsLargerThanALaneFindsRoomInAnEmptyOne() {
    assertTrue(lane.offer(write("a", 30, 0)));

    assertFalse(lane.offer(write("b", 1, 0)));
  }

  private void group(String... ids) {
    for (String id : ids) {
      offer(id, 0);
    }
    assertEquals(List.of(ids), idsOf(lane.take()));
    lane.written(0);
  }

  private void offer(String id, long at) {
    assertTrue(lane.offer(write(id, 1, at)));
  }

  private static PendingWrite write(String id, int events, long at) {
    return new PendingWrite(
        IntStream.rangeClosed(1, events)
            .mapToObj(
                seqNr ->
                    new NewEvent(
                        0,
                        "Test",
                        id,
                        seqNr,
                        0,
                        "writer",
                        new NewEvent.Serialized(1, "", new byte[0]),
                        Set.of(),
                        null))
            .toList(),
        at);
  }

  private static List<String> idsOf(List<PendingWrite> writes) {
    return writes.stream().map(PendingWrite::persistenceId).toList();
  }
}
