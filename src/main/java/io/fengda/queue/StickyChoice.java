package io.fengda.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A number that stays the same for a while and is as good as random from one stay to the next, so
 * that records which come together go to the same partition, in one batch. Thread-safe.
 */
final class StickyChoice {
  private final long stayMillis;
  private final InstantSource clock;
  private final long salt;

  /**
   * Begins to choose.
   *
   * @param stay how long a choice lasts
   * @param random what keeps nodes from choosing alike
   */
  StickyChoice(Duration stay, InstantSource clock, RandomGenerator random) {
    this.stayMillis = Math.max(1, stay.toMillis());
    this.clock = clock;
    this.salt = random.nextLong();
  }

  /** From 0 to below the bound. */
  int below(int bound) {
    long stay = salt + clock.millis() / stayMillis;
    return new SplittableRandom(stay).nextInt(bound);
  }
}
