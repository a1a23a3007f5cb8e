package io.fengda.bench.autoscale;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many pods the HPA wants, each time it looks. From the Kubernetes documentation, "Horizontal
 * Pod Autoscaling" (algorithm details, configurable scaling behavior), and for what it leaves open
 * from the controller's source, {@code pkg/controller/podautoscaler}: {@code
 * GetExternalMetricReplicas} (Value), {@code GetExternalPerPodMetricReplicas} (AverageValue),
 * {@code stabilizeRecommendationWithBehaviors}, {@code calculateScaleUpLimitWithScalingRules}. KEDA
 * passes metrics on when the HPA asks (KEDA documentation, "ScaledObject specification", {@code
 * pollingInterval}): its own interval counts only from and to no pods, or with cached metrics.
 */
final class Autoscaler {
  /** From one look to the next: the default of the controller manager. */
  static final double SYNC_SECONDS = 15;

  /** A metric that is so near to its target changes nothing; the controller manager's default. */
  private static final double TOLERANCE = 0.1;

  /** No period of a behavior may be longer. */
  private static final double CHANGES_SECONDS = 1_800;

  private final ScalingPolicy policy;

  /** What was wanted, before it was stabilized. */
  private final Deque<Dated> recommendations = new ArrayDeque<>();

  /** How many pods came, or went. */
  private final Deque<Dated> changes = new ArrayDeque<>();

  private record Dated(double at, int pods) {}

  Autoscaler(ScalingPolicy policy) {
    this.policy = policy;
  }

  /**
   * How many pods there shall be from now on.
   *
   * @param replicas pods that there shall be so far
   * @param ready those of them that are ready
   */
  int look(double now, Signals seen, int replicas, int ready) {
    int next =
        bounded(now, stabilized(now, wanted(now, seen, replicas, ready), replicas), replicas);
    if (next != replicas) {
      changes.addLast(new Dated(now, next - replicas));
    }
    return next;
  }

  private int wanted(double now, Signals seen, int replicas, int ready) {
    ScalingPolicy.Triggers triggers = policy.triggers();
    double behind = Math.max(0, seen.lag() - triggers.workedSeconds() * seen.rate());
    int ofTotals =
        Math.max(
            ofTotal(behind / triggers.lag(), replicas, ready),
            ofTotal(seen.waitSeconds() / triggers.waitSeconds(), replicas, ready));
    int ofPods =
        Math.max(
            perPod(seen.rate(), triggers.podRate(), replicas),
            perPod(policy.floor().replicas(now), 1, replicas));
    return Math.max(ofTotals, ofPods);
  }

  private static int ofTotal(double ratio, int replicas, int ready) {
    return Math.abs(1 - ratio) <= TOLERANCE ? replicas : (int) Math.ceil(ratio * ready);
  }

  private static int perPod(double value, double target, int replicas) {
    double ratio = value / (target * replicas);
    return Math.abs(1 - ratio) <= TOLERANCE ? replicas : (int) Math.ceil(value / target);
  }

  /**
   * Not below the most that was wanted within the window. That is remembered as it was wanted, not
   * as it was bounded, but an old wish is no reason to grow.
   */
  private int stabilized(double now, int wanted, int replicas) {
    if (recommendations.isEmpty()) {
      recommendations.addLast(new Dated(now, replicas));
    }
    forget(recommendations, now - policy.behavior().downWindowSeconds());
    int most = recommendations.stream().mapToInt(Dated::pods).reduce(wanted, Math::max);
    recommendations.addLast(new Dated(now, wanted));
    return Math.clamp(replicas, wanted, most);
  }

  /** No faster than the behavior allows, and within the policy's size. */
  private int bounded(double now, int wanted, int replicas) {
    ScalingPolicy.Behavior behavior = policy.behavior();
    if (replicas < policy.size().min()) {
      return policy.size().min();
    }
    if (wanted > replicas) {
      int before = replicasAt(now - behavior.upPeriodSeconds(), replicas);
      int limit = (int) Math.ceil(before * (1 + behavior.upPercent() / 100));
      return least(wanted, policy.size().max(), Math.max(replicas, limit));
    }
    int before = replicasAt(now - behavior.downPeriodSeconds(), replicas);
    int limit = (int) (before * (1 - behavior.downPercent() / 100));
    return most(wanted, policy.size().min(), Math.min(replicas, limit));
  }

  /** How many there were then, of those that there are now. */
  private int replicasAt(double then, int replicas) {
    return replicas
        - changes.stream().filter(change -> change.at() > then).mapToInt(Dated::pods).sum();
  }

  private static int least(int first, int second, int third) {
    return Math.min(first, Math.min(second, third));
  }

  private static int most(int first, int second, int third) {
    return Math.max(first, Math.max(second, third));
  }

  private static void forget(Deque<Dated> dated, double until) {
    while (!dated.isEmpty() && dated.peekFirst().at() <= until) {
      dated.removeFirst();
    }
  }
}
