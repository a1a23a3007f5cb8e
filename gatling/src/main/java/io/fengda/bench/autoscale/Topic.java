package io.fengda.bench.autoscale;

/**
 * The queries on Kafka, step by step. Each partition has a constant share of what comes, and is
 * read in order. Therefore a partition's offset is kept as the number of queries of the whole topic
 * that had come when its next one came.
 */
final class Topic {
  static final double STEP_SECONDS = 0.1;

  /** What a query waits that finds nothing before it: linger and poll. */
  static final double WAIT_MIN_SECONDS = 0.01;

  private final double[] shares;
  private final double deadlineSeconds;
  private final double dropCost;

  /** By step, all queries that came before it. */
  private final double[] cameBefore;

  private final double[] offsets;

  /** By partition, the step in which its next query came. */
  private final int[] heads;

  private int step = -1;

  /**
   * An empty topic.
   *
   * @param shares by partition, its part of all queries
   * @param steps how often {@link #add} will be called at most
   */
  Topic(double[] shares, int steps, Conditions conditions) {
    this.shares = shares.clone();
    this.deadlineSeconds = conditions.get(Condition.DEADLINE_SECONDS);
    this.dropCost = conditions.get(Condition.DROP_COST);
    this.cameBefore = new double[steps + 1];
    this.offsets = new double[shares.length];
    this.heads = new int[shares.length];
  }

  int partitions() {
    return shares.length;
  }

  double share(int partition) {
    return shares[partition];
  }

  /** Begins a step in which so many queries come. */
  void add(double queries) {
    step++;
    cameBefore[step + 1] = cameBefore[step] + queries;
  }

  /** All that ever came. */
  double came() {
    return cameBefore[step + 1];
  }

  /** Of this step's queries, those of partitions with such a share. */
  double newest(double share) {
    return share * (cameBefore[step + 1] - cameBefore[step]);
  }

  /** Everything of a partition that came before this step was taken. */
  void settle(int partition) {
    offsets[partition] = cameBefore[step];
    heads[partition] = step;
  }

  /** Queries of a partition that nobody took. */
  double waiting(int partition) {
    return shares[partition] * (came() - offsets[partition]);
  }

  /**
   * Takes a partition's next queries, the late ones to drop them.
   *
   * @param work how many queries may be answered; to drop one costs a part of that
   * @return the work that was done; all of it where something is left
   */
  double take(int partition, double work, Tally tally) {
    double left = work;
    while (heads[partition] <= step) {
      double waited = (step - heads[partition]) * STEP_SECONDS + WAIT_MIN_SECONDS;
      double cost = waited < deadlineSeconds ? 1 : dropCost;
      double end = cameBefore[heads[partition] + 1];
      double queries = Math.max(0, (end - offsets[partition]) * shares[partition]);
      if (queries * cost > left) {
        double taken = left / cost;
        offsets[partition] += taken / shares[partition];
        tally.took(taken, waited);
        return work;
      }
      left -= queries * cost;
      tally.took(queries, waited);
      offsets[partition] = end;
      heads[partition]++;
    }
    return work - left;
  }
}
