package io.fengda.bench.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RehearsalTest {
  private static final Conditions USUAL = Conditions.usual();

  @Test
  void theSameSeedGivesTheSameDay() {
    RehearsedDay first = Rehearsal.of(ScalingPolicy.asAsked(), USUAL);
    RehearsedDay second = Rehearsal.of(ScalingPolicy.asAsked(), USUAL);
    RehearsedDay other = Rehearsal.of(ScalingPolicy.asAsked(), USUAL.with(Condition.SEED, 2));

    assertEquals(first.late(), second.late());
    assertEquals(first.trace().podHours(), second.trace().podHours());
    assertTrue(first.late() != other.late());
  }

  @Test
  void everyQueryIsAnsweredOrLateOrWaits() {
    RehearsedDay day = Rehearsal.of(ScalingPolicy.asAsked(), USUAL);

    double came = day.trace().came(0, DayOfLoad.SECONDS);
    assertTrue(day.late() > 0);
    assertEquals(came, day.answered() + day.late() + day.waiting(), 1);
  }

  @Test
  void theLoadPeaksAtFifteenTimes() {
    DayOfLoad load = DayOfLoad.of(USUAL);

    assertEquals(12_000, load.rate(DayOfLoad.MIDNIGHT), 1);
    assertEquals(180_000, load.rate(DayOfLoad.MIDNIGHT + 30), 50);
    assertEquals(12_000, load.rate(0), 1);
  }

  @Test
  void fixedWorkersStandWhatTheyCanAndNoMore() {
    ScalingPolicy fixed = ScalingPolicy.shipped().with(new ScalingPolicy.Size(20, 20, 600));
    Conditions even = USUAL.with(Condition.SKEW, 0).with(Condition.TIMES, 1);

    RehearsedDay stood = Rehearsal.of(fixed, even.with(Condition.BASE, 20_000));
    RehearsedDay tooMuch = Rehearsal.of(fixed, even.with(Condition.BASE, 60_000));

    assertTrue(stood.isDeadlineHeld());
    assertEquals(Topic.WAIT_MIN_SECONDS, stood.trace().waitMaxSeconds());
    assertFalse(tooMuch.isDeadlineHeld());
    assertEquals(20, tooMuch.trace().podsMax());
  }

  @Test
  void thePeakIsLostWithoutTheFloorAndHeldWithIt() {
    RehearsedDay without = Rehearsal.of(ScalingPolicy.shippedWithoutFloor(), USUAL);
    RehearsedDay shipped = Rehearsal.of(ScalingPolicy.shipped(), USUAL);

    assertFalse(without.isDeadlineHeld());
    assertTrue(without.lateInPromotion() > 0.01);
    assertTrue(shipped.isDeadlineHeld());
  }
}
