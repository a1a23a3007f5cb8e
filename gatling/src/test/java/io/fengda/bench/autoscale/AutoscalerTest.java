package io.fengda.bench.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AutoscalerTest {
  private static final Signals QUIET = new Signals(0, 0.01, 10_000);
  private static final Signals FLOODED = new Signals(1_000_000, 1.2, 10_000);

  private final Autoscaler autoscaler = new Autoscaler(ScalingPolicy.asAsked());

  @Test
  void doublesAtMostEachQuarterOfAMinute() {
    assertEquals(20, autoscaler.look(0, FLOODED, 10, 10));
    assertEquals(20, autoscaler.look(14, FLOODED, 20, 10));
    assertEquals(40, autoscaler.look(29, FLOODED, 20, 10));
  }

  @Test
  void countsOnlyReadyPodsWhereAMetricIsOfAll() {
    Signals sixTimesTooMuch = new Signals(300_000, 0.01, 10_000);

    assertEquals(12, autoscaler.look(0, sixTimesTooMuch, 8, 2));
  }

  @Test
  void takesNoMoreThanTheMost() {
    assertEquals(300, autoscaler.look(0, FLOODED, 200, 200));
    assertEquals(300, autoscaler.look(15, FLOODED, 300, 300));
  }

  @Test
  void changesNothingForATenthMoreOrLess() {
    assertEquals(10, autoscaler.look(0, new Signals(54_000, 0.01, 10_000), 10, 10));
    assertEquals(10, autoscaler.look(15, new Signals(46_000, 0.01, 10_000), 10, 10));
  }

  @Test
  void goesDownByATenthAMinuteAfterFiveStableMinutes() {
    assertEquals(200, autoscaler.look(0, FLOODED, 100, 100));
    for (int second = 15; second < 300; second += 15) {
      assertEquals(200, autoscaler.look(second, QUIET, 200, 200));
    }

    assertEquals(180, autoscaler.look(300, QUIET, 200, 200));
    assertEquals(180, autoscaler.look(315, QUIET, 180, 180));
    assertEquals(162, autoscaler.look(360, QUIET, 180, 180));
  }

  @Test
  void asksForTheFloorOnlyInItsTime() {
    ScalingPolicy.Floor floor = new ScalingPolicy.Floor(100, 200, 120);
    Autoscaler withFloor = new Autoscaler(ScalingPolicy.asAsked().with(floor));

    assertEquals(10, withFloor.look(90, QUIET, 10, 10));
    assertEquals(20, withFloor.look(105, QUIET, 10, 10));
    assertEquals(120, withFloor.look(120, QUIET, 100, 10));
    assertEquals(120, withFloor.look(135, QUIET, 120, 120));
  }

  @Test
  void dividesTheRateByWhatAPodShallTake() {
    Autoscaler shipped = new Autoscaler(ScalingPolicy.shipped());
    double podRate = ScalingPolicy.shipped().triggers().podRate();

    assertEquals(15, shipped.look(0, new Signals(0, 0.01, 14.5 * podRate), 12, 12));
  }

  @Test
  void takesForLagOnlyWhatIsNotWorkedOn() {
    Autoscaler shipped = new Autoscaler(ScalingPolicy.shipped());
    double rate = 200 * ScalingPolicy.shipped().triggers().podRate();

    assertEquals(200, shipped.look(0, new Signals(rate, 0.01, rate), 200, 200));
  }
}
