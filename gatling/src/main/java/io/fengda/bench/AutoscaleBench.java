package io.fengda.bench;

import io.fengda.bench.autoscale.AutoscaleChart;
import io.fengda.bench.autoscale.Condition;
import io.fengda.bench.autoscale.Conditions;
import io.fengda.bench.autoscale.DayOfLoad;
import io.fengda.bench.autoscale.Rehearsal;
import io.fengda.bench.autoscale.RehearsedDay;
import io.fengda.bench.autoscale.ScalingPolicy;
import io.fengda.bench.autoscale.Trace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Rehearses the scaling of workers: a simulated day with a peak of 15 times at midnight, for what
 * was asked, for parts of what ships, and for what ships. No engine is started. With {@code tune},
 * also what each number of the policy that ships does, and what that policy stands.
 */
final class AutoscaleBench {
  private static final Path PICTURE = Path.of("target", "autoscale.png");
  private static final String TUNE = "tune";

  /** When to tell how it was, in minutes after midnight. */
  private static final double[] MINUTES = {
    -360, -30, -15, -14.5, -14, -13, -10, -1, 0.25, 0.5, 0.75, 1, 2, 5, 10, 20, 30, 45, 60, 90, 180,
    360
  };

  private final Conditions conditions;
  private final boolean tunes;

  private AutoscaleBench(Conditions conditions, boolean tunes) {
    this.conditions = conditions;
    this.tunes = tunes;
  }

  static AutoscaleBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(0, List.of(TUNE));
    Conditions conditions = Conditions.usual();
    for (String change : arguments.engine()) {
      conditions = with(conditions, change);
    }
    return new AutoscaleBench(conditions, arguments.words().contains(TUNE));
  }

  private static Conditions with(Conditions conditions, String change) {
    int equals = change.indexOf('=');
    Condition condition =
        Condition.named(change.substring(0, Math.max(0, equals)))
            .orElseThrow(
                () ->
                    new UsageException(
                        "'%s' is none of %s"
                            .formatted(
                                change,
                                Arrays.stream(Condition.values())
                                    .map(one -> one.key() + "=" + plain(one.usual()))
                                    .collect(Collectors.joining(", ")))));
    try {
      return conditions.with(condition, Double.parseDouble(change.substring(equals + 1)));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  String run() {
    RehearsedDay asked = Rehearsal.of(ScalingPolicy.asAsked(), conditions);
    RehearsedDay floor = Rehearsal.of(ScalingPolicy.askedWithFloor(), conditions);
    RehearsedDay unfloored = Rehearsal.of(ScalingPolicy.shippedWithoutFloor(), conditions);
    RehearsedDay shipped = Rehearsal.of(ScalingPolicy.shipped(), conditions);
    System.out.printf(
        Locale.ROOT,
        "%n%-18s %5s %9s %9s %9s %9s %9s %9s  %s%n",
        "policy",
        "pods",
        "pod hours",
        "lag",
        "wait",
        "late",
        "midnight",
        "otherwise",
        "deadline");
    List.of(asked, floor, unfloored, shipped).forEach(AutoscaleBench::row);
    timeline(shipped);
    AutoscaleChart.write(
        List.of(asked, unfloored, shipped), conditions.waitAllowedSeconds(), PICTURE);
    System.out.printf("%npicture: gatling/%s%n", PICTURE);
    if (tunes) {
      new AutoscaleTuning(conditions).run();
    }
    return String.format(
        Locale.ROOT,
        "{\"deadlineHeld\": %b, \"podsMax\": %d, \"lagMax\": %.0f, \"waitMaxSeconds\": %.2f,"
            + " \"late\": %.6f}",
        shipped.isDeadlineHeld(),
        shipped.trace().podsMax(),
        shipped.trace().lagMax(),
        shipped.trace().waitMaxSeconds(),
        shipped.lateFraction());
  }

  private static void row(RehearsedDay day) {
    Trace trace = day.trace();
    System.out.printf(
        Locale.ROOT,
        "%-18s %5d %9.0f %9.0f %7.2f s %7.3f %% %7.3f %% %7.3f %%  %s%n",
        day.policy().name(),
        trace.podsMax(),
        trace.podHours(),
        trace.lagMax(),
        trace.waitMaxSeconds(),
        100 * day.lateFraction(),
        100 * day.lateInPromotion(),
        100 * day.lateOtherwise(),
        day.isDeadlineHeld() ? "held" : "missed");
  }

  private static void timeline(RehearsedDay day) {
    System.out.printf("%n%s, the day:%n", day.policy().name());
    System.out.println("time          turns/s  pods  ready       lag  longest wait until then");
    int before = 0;
    for (double minutes : MINUTES) {
      int second = DayOfLoad.MIDNIGHT + (int) (60 * minutes);
      Trace.Second at = day.trace().at(second);
      System.out.printf(
          Locale.ROOT,
          "%s %12.0f %5d %6d %9.0f %7.2f s%n",
          clock(second),
          at.rate(),
          at.replicas(),
          at.ready(),
          at.lag(),
          day.trace().waitMaxSeconds(before, second + 1));
      before = second + 1;
    }
  }

  private static String clock(int second) {
    int ofDay = (second + DayOfLoad.MIDNIGHT) % DayOfLoad.SECONDS;
    return "%02d:%02d:%02d".formatted(ofDay / 3_600, ofDay / 60 % 60, ofDay % 60);
  }

  /** A number as it may be typed. */
  private static String plain(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : Double.toString(value);
  }
}
