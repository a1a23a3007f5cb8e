package io.fengda.bench;

import io.fengda.bench.autoscale.Condition;
import io.fengda.bench.autoscale.Conditions;
import io.fengda.bench.autoscale.Rehearsal;
import io.fengda.bench.autoscale.RehearsedDay;
import io.fengda.bench.autoscale.ScalingPolicy;
import io.fengda.bench.autoscale.ScalingPolicy.Behavior;
import io.fengda.bench.autoscale.ScalingPolicy.Floor;
import io.fengda.bench.autoscale.ScalingPolicy.Size;
import io.fengda.bench.autoscale.ScalingPolicy.Triggers;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What each number of the policy that ships does: one at a time is another, over several days that
 * differ by their chance. Then what this policy stands: one condition at a time is worse.
 */
final class AutoscaleTuning {
  private static final int DAYS = 10;

  private final Conditions conditions;
  private final ScalingPolicy shipped = ScalingPolicy.shipped();

  AutoscaleTuning(Conditions conditions) {
    this.conditions = conditions;
  }

  void run() {
    head("policy");
    for (ScalingPolicy policy :
        List.of(
            ScalingPolicy.asAsked(),
            ScalingPolicy.askedWithFloor(),
            ScalingPolicy.shippedWithoutFloor())) {
      row(policy.name(), policy);
    }
    head("as shipped, but");
    row("nothing", shipped);
    sizes();
    triggers();
    floors();
    behaviors();
    head("as shipped, where");
    worse();
  }

  private static void head(String first) {
    System.out.printf(
        Locale.ROOT,
        "%n%-30s %6s %6s %10s %8s %12s%n",
        first,
        "held",
        "pods",
        "pod hours",
        "wait",
        "late, most");
  }

  private void sizes() {
    Size size = shipped.size();
    for (int min : List.of(2, 6, 20)) {
      row("min " + min, shipped.with(new Size(min, size.max(), size.partitions())));
    }
    for (int max : List.of(80, 120, 200)) {
      row("max " + max, shipped.with(new Size(size.min(), max, size.partitions())));
    }
    for (int partitions : List.of(120, 300, 1_200)) {
      row("partitions " + partitions, shipped.with(new Size(size.min(), size.max(), partitions)));
    }
  }

  private void triggers() {
    Triggers triggers = shipped.triggers();
    for (double rate : List.of(800.0, 1_250.0, 1_500.0, 2_000.0)) {
      row("pod rate %.0f".formatted(rate), changed(triggers.lag(), 1, rate, 0));
    }
    for (double lag : List.of(25_000.0, 100_000.0, 200_000.0)) {
      row("lag %.0f".formatted(lag), changed(lag, 1, triggers.podRate(), 0));
    }
    row("lag with what is worked on", changed(triggers.lag(), 0, triggers.podRate(), 0));
    row("metrics cached for 30 s", changed(triggers.lag(), 1, triggers.podRate(), 30));
  }

  private ScalingPolicy changed(double lag, double worked, double podRate, double cached) {
    return shipped.with(
        new Triggers(lag, worked, shipped.triggers().waitSeconds(), podRate, cached));
  }

  private void floors() {
    for (int replicas : List.of(80, 100, 120, 150, 180, 300)) {
      row("floor %d".formatted(replicas), shipped.with(Floor.around(15, 30, replicas)));
    }
    for (double before : List.of(1.0, 2.0, 3.0, 4.0, 5.0, 10.0)) {
      row(
          "floor from %.0f min before".formatted(before),
          shipped.with(Floor.around(before, 30, shipped.floor().replicas())));
    }
    for (double after : List.of(2.0, 10.0, 60.0)) {
      row(
          "floor until %.0f min after".formatted(after),
          shipped.with(Floor.around(15, after, shipped.floor().replicas())));
    }
  }

  private void behaviors() {
    row("down 20 % a step", shipped.with(new Behavior(100, 15, 20, 60, 300)));
    row("down 50 % a step", shipped.with(new Behavior(100, 15, 50, 60, 300)));
    row("down after 1 stable minute", shipped.with(new Behavior(100, 15, 10, 60, 60)));
    row("down a step every 5 min", shipped.with(new Behavior(100, 15, 10, 300, 300)));
  }

  private void worse() {
    worse(Condition.CAPACITY, 0.8, 0.7, 0.6);
    worse(Condition.TIMES, 1.2, 1.5, 2);
    worse(Condition.RAMP_SECONDS, 0.1);
    worse(Condition.START_SECONDS, 2, 4, 10);
    worse(Condition.ROUND_SECONDS, 1.5, 2);
    worse(Condition.COLD_PART, 0.6);
    worse(Condition.SKEW, 1.5, 2);
    worse(Condition.SCRAPE_SECONDS, 2);
  }

  private void worse(Condition condition, double... factors) {
    for (double factor : factors) {
      double value = factor * conditions.get(condition);
      row(
          "%s %s".formatted(condition.key(), Math.round(1e3 * value) / 1e3),
          shipped,
          conditions.with(condition, value));
    }
  }

  private void row(String change, ScalingPolicy policy) {
    row(change, policy, conditions);
  }

  private void row(String change, ScalingPolicy policy, Conditions given) {
    List<RehearsedDay> days =
        IntStream.range(0, DAYS)
            .mapToObj(i -> Rehearsal.of(policy, given.with(Condition.SEED, seed() + i)))
            .toList();
    System.out.printf(
        Locale.ROOT,
        "%-30s %3d/%d %6d %10.0f %6.2f s %12.0f%n",
        change,
        days.stream().filter(RehearsedDay::isDeadlineHeld).count(),
        DAYS,
        days.stream().mapToInt(day -> day.trace().podsMax()).max().orElse(0),
        days.stream().mapToDouble(day -> day.trace().podHours()).average().orElse(0),
        days.stream().mapToDouble(day -> day.trace().waitMaxSeconds()).max().orElse(0),
        days.stream().mapToDouble(RehearsedDay::late).max().orElse(0));
  }

  private double seed() {
    return conditions.get(Condition.SEED);
  }
}
