package io.fengda.bench.autoscale;

import java.util.ArrayList;
import java.util.List;

/** A pod that takes queries of its partitions as fast as it can. */
final class Worker {
  /** Work that is no more than a rounding error. */
  private static final double NOTHING = 1e-9;

  private final double readyAt;
  private final List<Integer> partitions = new ArrayList<>();

  /** The partitions' part of all queries. */
  private double share;

  /** Whether nothing waited after the last step; then its partitions' offsets are not kept. */
  private boolean isLevel = true;

  private double takenInStep;

  Worker(double readyAt) {
    this.readyAt = readyAt;
  }

  double readyAt() {
    return readyAt;
  }

  int size() {
    return partitions.size();
  }

  /** Queries that it took in the last step, of them those that it answers or drops. */
  double takenInStep() {
    return takenInStep;
  }

  /** Queries of its partitions that it did not take. */
  double waiting(Topic topic) {
    return isLevel ? 0 : waitingIn(topic);
  }

  void give(int partition, Topic topic) {
    settle(topic);
    partitions.add(partition);
    share += topic.share(partition);
    isLevel = false;
  }

  /** Takes away the i-th of its partitions. */
  int takeAway(int i, Topic topic) {
    settle(topic);
    int partition = partitions.remove(i);
    share -= topic.share(partition);
    return partition;
  }

  /**
   * Works for a step.
   *
   * @param work the queries that it can answer in it
   */
  void work(Topic topic, double work, Tally tally) {
    double newest = topic.newest(share);
    takenInStep = Math.min(newest, work);
    if (isLevel && newest <= work) {
      tally.took(newest, Topic.WAIT_MIN_SECONDS);
      return;
    }
    settle(topic);
    isLevel = workOff(topic, work, tally);
  }

  /**
   * Shares the work among partitions by what waits in them, as a fetch brings all of that up to 1
   * MB. Returns whether nothing is left.
   */
  private boolean workOff(Topic topic, double work, Tally tally) {
    double left = work;
    double waiting = waitingIn(topic);
    while (left > NOTHING && waiting > NOTHING) {
      double each = left / waiting;
      for (int partition : partitions) {
        left -= topic.take(partition, each * topic.waiting(partition), tally);
      }
      waiting = waitingIn(topic);
    }
    return waiting <= NOTHING;
  }

  private double waitingIn(Topic topic) {
    return partitions.stream().mapToDouble(topic::waiting).sum();
  }

  private void settle(Topic topic) {
    if (isLevel) {
      partitions.forEach(topic::settle);
      isLevel = false;
    }
  }
}
