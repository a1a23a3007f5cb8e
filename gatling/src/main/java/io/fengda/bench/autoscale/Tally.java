package io.fengda.bench.autoscale;

/** What became of the queries. Counts are not whole numbers: partitions get shares of a step. */
final class Tally {
  private final double deadlineSeconds;
  private final double waitAllowedSeconds;
  private double answered;
  private double late;
  private double taken;
  private double waitSum;
  private double waitMaxSeconds;

  Tally(Conditions conditions) {
    this.deadlineSeconds = conditions.get(Condition.DEADLINE_SECONDS);
    this.waitAllowedSeconds = conditions.waitAllowedSeconds();
  }

  /** A worker took queries that had waited so long: to answer them, or to drop them. */
  void took(double queries, double waitSeconds) {
    if (queries <= 0) {
      return;
    }
    waitMaxSeconds = Math.max(waitMaxSeconds, waitSeconds);
    if (waitSeconds <= waitAllowedSeconds) {
      answered += queries;
    } else {
      late += queries;
    }
    if (waitSeconds < deadlineSeconds) {
      taken += queries;
      waitSum += queries * waitSeconds;
    }
  }

  /** Taken early enough for an answer within the deadline. */
  double answered() {
    return answered;
  }

  /** Taken too late for one, or dropped. */
  double late() {
    return late;
  }

  /** All that were not dropped: those that the engine's waiting times count. */
  double taken() {
    return taken;
  }

  /** The seconds that these waited. */
  double waitSum() {
    return waitSum;
  }

  /** The longest wait since the last call. */
  double waitMaxSeconds() {
    double max = waitMaxSeconds;
    waitMaxSeconds = 0;
    return max;
  }
}
