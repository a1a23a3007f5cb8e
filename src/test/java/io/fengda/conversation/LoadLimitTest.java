package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoadLimitTest {
  private static final int MIN = 16;
  private static final int MAX = 5_000;
  private static final Duration SHORT = Duration.ofMillis(20);

  private final SteppableClock clock = new SteppableClock(Instant.EPOCH);
  private final LoadLimit limit = new LoadLimit(MIN, MAX, Duration.ofMillis(100), clock);

  @Test
  void longWaitsLowerItBelowWhatIsOpen() {
    window(Duration.ofMillis(150), 300);

    assertEquals(200, limit.limit());
  }

  @Test
  void itFallsByHalfAtMostAndByATenthAtLeast() {
    window(Duration.ofSeconds(3), 300);
    assertEquals(150, limit.limit());

    clock.step(Duration.ofSeconds(1));
    window(Duration.ofMillis(101), 150);
    assertEquals(135, limit.limit());
  }

  @Test
  void afterAFallNothingIsConcludedUntilTurnsCouldComeBackThatBeganAfterIt() {
    window(Duration.ofMillis(600), 300);
    assertEquals(150, limit.limit());

    for (int i = 0; i < 59; i++) {
      clock.step(Duration.ofMillis(10));
      limit.waited(Duration.ofSeconds(2), 200);
    }
    assertEquals(150, limit.limit());

    clock.step(Duration.ofMillis(10));
    window(Duration.ofSeconds(2), 150);
    assertEquals(75, limit.limit());
  }

  @Test
  void itNeverFallsBelowItsMinimum() {
    for (int i = 0; i < 100; i++) {
      clock.step(Duration.ofSeconds(1));
      window(Duration.ofSeconds(1), 20);
    }

    assertEquals(MIN, limit.limit());
  }

  @Test
  void slowVendorsLowerNothing() {
    for (int i = 0; i < 10; i++) {
      window(SHORT, 4_999);
    }

    assertEquals(MAX, limit.limit());
  }

  @Test
  void itRisesAgainWhenItIsNearlyReachedAndWaitsAreShort() {
    window(Duration.ofSeconds(1), 100);
    int low = limit.limit();
    clock.step(Duration.ofSeconds(1));

    window(SHORT, 10);
    assertEquals(low, limit.limit(), "nobody needed more");

    int windows = 0;
    while (limit.limit() < MAX) {
      clock.step(SHORT);
      window(SHORT, limit.limit());
      windows++;
    }
    assertTrue(windows < 60, windows + " windows of 100 ms");
  }

  @Test
  void itRisesWhereTurnsAreRefusedAndNoneComesBack() {
    window(Duration.ofSeconds(1), 100);

    clock.step(Duration.ofMillis(1_900));
    limit.reached();
    assertEquals(50, limit.limit(), "those that wait may still come back");

    clock.step(Duration.ofMillis(100));
    limit.reached();
    assertEquals(56, limit.limit());
  }

  @Test
  void oneTenantsOwnTroubleLowersNothing() {
    for (int i = 0; i < 100; i++) {
      clock.step(Duration.ofMillis(10));
      limit.waited(Duration.ofMillis(1_700), 300);
      limit.waited(SHORT, 300);
    }

    assertEquals(MAX, limit.limit());
  }

  @Test
  void whatIsLongAgoIsForgotten() {
    for (int i = 0; i < 9; i++) {
      limit.waited(Duration.ofSeconds(9), 9);
    }
    clock.step(Duration.ofHours(6));

    limit.waited(SHORT, 1);
    window(SHORT, 1);

    assertEquals(MAX, limit.limit());
  }

  @Test
  void aFewSlowTurnsAreNoOverload() {
    for (int i = 0; i < 9; i++) {
      limit.waited(Duration.ofSeconds(9), 9);
    }

    assertEquals(MAX, limit.limit());
  }

  /** Ten turns come back within a tenth of a second, and the next after it. */
  private void window(Duration wait, int open) {
    for (int i = 0; i < 10; i++) {
      limit.waited(wait, open);
      clock.step(Duration.ofMillis(10));
    }
    limit.waited(SHORT, open);
  }
}
