package io.fengda.vendor;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * Retries as a part of the calls, so that a vendor in trouble is not given more of it (Google SRE,
 * "Handling Overload"). Ten may come at once, and one a second where there are few calls.
 * Thread-safe.
 */
final class RetryBudget {
  /** One retry, in the tokens of the bucket. */
  private static final long RETRY = 1_000;

  private static final int AT_ONCE = 10;

  private final Bucket bucket =
      Bucket.builder()
          .addLimit(
              limit -> limit.capacity(AT_ONCE * RETRY).refillGreedy(RETRY, Duration.ofSeconds(1)))
          .build();

  private final long earned;

  /**
   * A full budget.
   *
   * @param ratio what one call earns of a retry
   */
  RetryBudget(double ratio) {
    earned = Math.round(RETRY * ratio);
  }

  /** A call was made that is no retry. */
  void earn() {
    if (earned > 0) {
      bucket.addTokens(earned);
    }
  }

  /** Takes a retry, if there is one. */
  boolean spend() {
    return bucket.tryConsume(RETRY);
  }
}
