package io.fengda.bench.autoscale;

/**
 * How fast a worker is: not at once as fast as it will be.
 *
 * @param capacity queries a second once it is warm
 * @param coldPart the part of them when it is ready
 * @param warmSeconds from then until it is warm
 */
record Pace(double capacity, double coldPart, double warmSeconds) {
  static Pace of(Conditions conditions) {
    return new Pace(
        conditions.get(Condition.CAPACITY),
        conditions.get(Condition.COLD_PART),
        conditions.get(Condition.WARM_SECONDS));
  }

  /** Queries a second, so long after it became ready. */
  double rate(double seconds) {
    return capacity * Math.min(1, coldPart + (1 - coldPart) * seconds / warmSeconds);
  }
}
