package io.fengda.chaos;

import java.time.Duration;
import java.util.Random;

/** How fast customers talk, and whether they go on. Thread-safe. */
final class Pace {
  private final Duration thinking;
  private volatile boolean ended;

  /**
   * @param thinking the mean of what a customer needs from an answer to the next question
   */
  Pace(Duration thinking) {
    this.thinking = thinking;
  }

  boolean goesOn() {
    return !ended;
  }

  void end() {
    ended = true;
  }

  /** The time to the next question, exponentially distributed and bounded. */
  Duration think(Random random) {
    double factor = Math.min(4, -Math.log(1 - random.nextDouble()));
    return Duration.ofNanos((long) (thinking.toNanos() * factor));
  }
}
