package io.fengda.telemetry;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Readiness readiness = new Readiness(nanos::get);

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void whatIsAwayForAMomentIsNotMissed() {
    readiness.started();
    readiness.seen("the database");

    pass(19);
    assertTrue(readiness.takesTraffic());
    readiness.seen("the database");
    pass(19);

    assertTrue(readiness.takesTraffic());
  }

  @Test
  void whatIsMissedIsTakenNoteOfUntilItIsBack() {
    readiness.started();
    readiness.seen("the database");
    readiness.seen("the broker");

    pass(21);
    readiness.seen("the broker");
    assertFalse(readiness.takesTraffic());

    readiness.seen("the database");
    assertTrue(readiness.takesTraffic());
  }

  @Test
  void nothingHelpsBeforeTheStartIsOver() {
    readiness.seen("the database");

    assertFalse(readiness.takesTraffic());
  }
}
