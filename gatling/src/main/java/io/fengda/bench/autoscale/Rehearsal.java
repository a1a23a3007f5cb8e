package io.fengda.bench.autoscale;

import java.util.SplittableRandom;

/**
 * A day of load on workers that a policy scales, in steps of 100 ms.
 *
 * <p>Left out: what the engine refuses when turns wait (503), so that what is late here is partly
 * refused at once there; vendors, which have to stand the peak too; nodes of the cluster, which
 * have to be there; the bounds of one tenant (128 queries at once on a worker); queries that are
 * worked on twice after a rebalance.
 */
public final class Rehearsal {
  /** A worker commits every second or 1,000 queries, so half of that waits for its commit. */
  private static final double UNCOMMITTED_SECONDS = 0.5;

  private static final double UNCOMMITTED_MAX = 500;

  /** The mean time of a query at its worker: vendor 50 ms, and the result's way to Kafka. */
  private static final double WORKED_SECONDS = 0.06;

  /** How full warm pods are at noon, where the day begins. */
  private static final double FILLED = 0.5;

  private static final int STEPS_A_SECOND = (int) Math.rint(1 / Topic.STEP_SECONDS);

  private final ScalingPolicy policy;
  private final DayOfLoad load;
  private final Pace pace;
  private final SplittableRandom random;
  private final Topic topic;
  private final ConsumerGroup group;
  private final Deployment deployment;
  private final ScalingLoop scaling;
  private final Tally tally;
  private final Trace trace = new Trace();

  private Rehearsal(ScalingPolicy policy, Conditions conditions) {
    this.policy = policy;
    this.load = DayOfLoad.of(conditions);
    this.pace = Pace.of(conditions);
    this.random = new SplittableRandom((long) conditions.get(Condition.SEED));
    this.topic =
        new Topic(
            TenantShares.of(policy.size().partitions(), conditions, random.split()),
            DayOfLoad.SECONDS * STEPS_A_SECOND,
            conditions);
    this.group = new ConsumerGroup(topic, conditions, random.split());
    this.deployment = new Deployment(group, podsAtNoon(), conditions, random.split());
    this.scaling = new ScalingLoop(policy, conditions, random.split());
    this.tally = new Tally(conditions);
  }

  /** Rehearses a day. */
  public static RehearsedDay of(ScalingPolicy policy, Conditions conditions) {
    return new Rehearsal(policy, conditions).run();
  }

  private int podsAtNoon() {
    int pods = (int) Math.ceil(load.rate(0) / (FILLED * pace.capacity()));
    return Math.clamp(pods, policy.size().min(), policy.size().max());
  }

  private RehearsedDay run() {
    topic.add(0);
    group.begin();
    double lateBefore = 0;
    double cameBefore = 0;
    for (int step = 1; step < DayOfLoad.SECONDS * STEPS_A_SECOND; step++) {
      step(step * Topic.STEP_SECONDS);
      if ((step + 1) % STEPS_A_SECOND == 0) {
        trace.put(step / STEPS_A_SECOND, second(cameBefore, lateBefore));
        cameBefore = topic.came();
        lateBefore = tally.late();
      }
    }
    return checked();
  }

  private void step(double now) {
    topic.add(load.arrivals(now, Topic.STEP_SECONDS, random));
    scaling.look(now, this::lag, tally, deployment);
    deployment.look(now);
    group.look(now);
    for (Worker worker : group.members()) {
      double rate = pace.rate(now - worker.readyAt());
      worker.work(topic, rate * Topic.STEP_SECONDS, tally);
    }
  }

  private Trace.Second second(double cameBefore, double lateBefore) {
    return new Trace.Second(
        topic.came() - cameBefore,
        deployment.replicas(),
        deployment.ready(),
        lag(),
        tally.waitMaxSeconds(),
        tally.late() - lateBefore);
  }

  /** What waits, what is worked on, and what is not committed yet. */
  private double lag() {
    double behind = topic.came() - tally.answered() - tally.late();
    for (Worker worker : group.members()) {
      double rate = worker.takenInStep() / Topic.STEP_SECONDS;
      behind += rate * WORKED_SECONDS + Math.min(rate * UNCOMMITTED_SECONDS, UNCOMMITTED_MAX);
    }
    return behind;
  }

  /** What came was answered, was late, or waits: counted where it waits. */
  private RehearsedDay checked() {
    double waiting = group.waiting();
    double missing = topic.came() - tally.answered() - tally.late() - waiting;
    if (Math.abs(missing) > 1) {
      throw new IllegalStateException(
          "%s: %.3f of %.0f queries are missing".formatted(policy.name(), missing, topic.came()));
    }
    return new RehearsedDay(policy, trace, tally.answered(), tally.late(), waiting);
  }
}
