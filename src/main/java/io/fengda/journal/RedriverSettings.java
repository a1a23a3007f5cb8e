package io.fengda.journal;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.redriver}.
 *
 * @param ranges daemons that share the 1,024 slices; a power of two
 * @param interval between two sweeps of a range
 * @param ageMin how old an event must be before its turn is looked after: a turn that is being
 *     answered needs no help
 * @param overlap how long an event may take to be committed; a transaction that takes longer is not
 *     waited for
 * @param openMax open turns of a range that are looked after; beyond it nothing more is read until
 *     some have ended
 * @param wakesMax turns that one sweep wakes; the next one wakes others
 */
public record RedriverSettings(
    int ranges, Duration interval, Duration ageMin, Duration overlap, int openMax, int wakesMax) {
  public RedriverSettings {
    SliceRange.requireDivisor("fengda.redriver.ranges", ranges);
    if (wakesMax < 1 || openMax < wakesMax) {
      throw new IllegalArgumentException(
          "fengda.redriver: wakes-max is at least 1 and at most open-max");
    }
    if (ageMin.compareTo(overlap) >= 0) {
      throw new IllegalArgumentException("fengda.redriver: age-min is not shorter than overlap");
    }
  }

  public static RedriverSettings from(Config root) {
    Config config = root.getConfig("fengda.redriver");
    return new RedriverSettings(
        config.getInt("ranges"),
        config.getDuration("interval"),
        config.getDuration("age-min"),
        config.getDuration("overlap"),
        config.getInt("open-max"),
        config.getInt("wakes-max"));
  }
}
