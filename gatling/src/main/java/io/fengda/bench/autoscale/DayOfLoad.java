package io.fengda.bench.autoscale;

import java.util.random.RandomGenerator;

/**
 * Turns a second, from noon to noon. The usual curve is a sine: least at 06:00, most at 18:00, the
 * base at noon and at midnight. At midnight a promotion begins: within the ramp there are {@code
 * times} as many, they stay for the hold, and decay.
 *
 * @param base turns a second at midnight without the promotion
 * @param swing the part of it by which the usual curve goes up and down
 * @param times what the promotion's full rate is of the base
 */
public record DayOfLoad(
    double base,
    double swing,
    double times,
    double rampSeconds,
    double holdSeconds,
    double decaySeconds) {
  public static final int SECONDS = 86_400;

  /** When the promotion begins, in seconds after noon. */
  public static final int MIDNIGHT = SECONDS / 2;

  private static final double USUAL_SWING = 0.4;

  static DayOfLoad of(Conditions conditions) {
    return new DayOfLoad(
        conditions.get(Condition.BASE),
        USUAL_SWING,
        conditions.get(Condition.TIMES),
        conditions.get(Condition.RAMP_SECONDS),
        conditions.get(Condition.HOLD_SECONDS),
        conditions.get(Condition.DECAY_SECONDS));
  }

  /** Turns a second, so many seconds after noon. */
  double rate(double second) {
    double after = second - MIDNIGHT;
    double usual = base * (1 - swing * Math.sin(2 * Math.PI * after / SECONDS));
    return usual + base * (times - 1) * crowd(after);
  }

  /** How many come in a time so short that the rate does not change: as good as Poisson. */
  double arrivals(double second, double seconds, RandomGenerator random) {
    double mean = rate(second) * seconds;
    return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
  }

  /** The part of those who come to the promotion that is there (0..1). */
  private double crowd(double after) {
    if (after < 0) {
      return 0;
    }
    if (after < rampSeconds) {
      return after / rampSeconds;
    }
    return Math.min(1, Math.exp(-(after - rampSeconds - holdSeconds) / decaySeconds));
  }
}
