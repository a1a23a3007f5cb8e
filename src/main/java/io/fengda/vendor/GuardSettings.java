package io.fengda.vendor;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.vendor.guard}.
 *
 * @param failuresMax failures in a row that open the breaker of a tenant and vendor
 * @param openFor how long no call is made then, until one tries
 * @param triesMax calls to one vendor for one query
 * @param backoff the longest pause before the second try; it doubles, and any part of it is waited
 * @param retryRatio retries in the long run, as a part of the calls
 */
public record GuardSettings(
    int failuresMax, Duration openFor, int triesMax, Duration backoff, double retryRatio) {
  public GuardSettings {
    if (failuresMax < 1 || triesMax < 1) {
      throw new IllegalArgumentException(
          "fengda.vendor.guard: failures-max %d, tries-max %d: below 1"
              .formatted(failuresMax, triesMax));
    }
    if (!openFor.isPositive() || backoff.toMillis() < 2) {
      throw new IllegalArgumentException(
          "fengda.vendor.guard: open-for is not above 0, or backoff below 2 ms");
    }
    if (!(retryRatio >= 0 && retryRatio <= 1)) {
      throw new IllegalArgumentException(
          "fengda.vendor.guard.retry-ratio: %f is not from 0 to 1".formatted(retryRatio));
    }
  }

  public static GuardSettings from(Config root) {
    Config config = root.getConfig("fengda.vendor.guard");
    return new GuardSettings(
        config.getInt("failures-max"),
        config.getDuration("open-for"),
        config.getInt("tries-max"),
        config.getDuration("backoff"),
        config.getDouble("retry-ratio"));
  }
}
