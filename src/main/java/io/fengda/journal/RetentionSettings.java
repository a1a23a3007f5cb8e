package io.fengda.journal;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.retention}.
 *
 * @param ranges daemons that share the 1,024 slices; a power of two
 * @param passInterval between two passes over all slices of a range
 * @param grace how long the numbers of erased rows stay taken: longer than a node that was taken
 *     for dead may live on
 * @param pause between two steps of a pass: what keeps it out of the way of the conversations
 * @param stepMax conversations that one step looks at
 */
public record RetentionSettings(
    int ranges, Duration passInterval, Duration grace, Duration pause, int stepMax) {
  public RetentionSettings {
    SliceRange.requireDivisor("fengda.retention.ranges", ranges);
    if (!passInterval.isPositive() || !grace.isPositive() || !pause.isPositive()) {
      throw new IllegalArgumentException(
          "fengda.retention: pass-interval, grace and pause are above 0");
    }
    if (stepMax < 1) {
      throw new IllegalArgumentException("fengda.retention.step-max: below 1");
    }
  }

  public static RetentionSettings from(Config root) {
    Config config = root.getConfig("fengda.retention");
    return new RetentionSettings(
        config.getInt("ranges"),
        config.getDuration("pass-interval"),
        config.getDuration("grace"),
        config.getDuration("pause"),
        config.getInt("step-max"));
  }
}
