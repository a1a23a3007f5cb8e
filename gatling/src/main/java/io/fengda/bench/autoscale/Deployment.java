package io.fengda.bench.autoscale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The workers' pods. One that was asked for is ready after its start, and then joins the group. Of
 * too many, those that are not ready go first, then the youngest, as of a ReplicaSet.
 */
final class Deployment {
  /** When pods became ready that were there before the day began. */
  private static final double LONG_AGO = -1e9;

  private final ConsumerGroup group;
  private final double startSeconds;
  private final double startSigma;
  private final RandomGenerator random;
  private final List<Worker> starting = new ArrayList<>();
  private final List<Worker> ready = new ArrayList<>();

  /** Pods that are ready, and warm, from the beginning. */
  Deployment(ConsumerGroup group, int pods, Conditions conditions, RandomGenerator random) {
    this.group = group;
    this.startSeconds = conditions.get(Condition.START_SECONDS);
    this.startSigma = conditions.get(Condition.START_SIGMA);
    this.random = random;
    for (int i = 0; i < pods; i++) {
      ready.add(new Worker(LONG_AGO));
    }
    ready.forEach(group::join);
  }

  int replicas() {
    return starting.size() + ready.size();
  }

  int ready() {
    return ready.size();
  }

  void scale(double now, int replicas) {
    while (replicas() < replicas) {
      double took = startSeconds * Math.exp(startSigma * random.nextGaussian());
      starting.add(new Worker(now + took));
    }
    starting.sort(Comparator.comparingDouble(Worker::readyAt));
    while (replicas() > replicas) {
      if (starting.isEmpty()) {
        group.leave(ready.removeLast(), now);
      } else {
        starting.removeLast();
      }
    }
  }

  /** Lets those join that are ready by now. */
  void look(double now) {
    while (!starting.isEmpty() && starting.getFirst().readyAt() <= now) {
      Worker worker = starting.removeFirst();
      ready.add(worker);
      group.join(worker);
    }
  }
}
