package io.fengda.bench.autoscale;

/**
 * How a policy stood the day.
 *
 * @param answered queries that a worker took early enough
 * @param late queries that it took too late, or dropped
 * @param waiting queries that nobody had taken at the end
 */
public record RehearsedDay(
    ScalingPolicy policy, Trace trace, double answered, double late, double waiting) {
  /** The promotion and what is around it: from ten minutes before until an hour after midnight. */
  private static final int FROM = DayOfLoad.MIDNIGHT - 600;

  private static final int UNTIL = DayOfLoad.MIDNIGHT + 3_600;

  /** Not one accepted query waited so long that its answer would come after its deadline. */
  public boolean isDeadlineHeld() {
    return late < 1;
  }

  /** Of all queries, the part that was too late. */
  public double lateFraction() {
    return late / (answered + late + waiting);
  }

  /** The same of the promotion. */
  public double lateInPromotion() {
    return trace.late(FROM, UNTIL) / trace.came(FROM, UNTIL);
  }

  /** The same of the rest of the day. */
  public double lateOtherwise() {
    return (late - trace.late(FROM, UNTIL))
        / (trace.came(0, DayOfLoad.SECONDS) - trace.came(FROM, UNTIL));
  }
}
