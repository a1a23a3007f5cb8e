package io.fengda.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Turns, to be counted and measured. */
record Turns(List<Turn> all) {
  /** As long a turn counts that got no answer. */
  private static final double NO_ANSWER_MILLIS = 1_500;

  Turns where(Predicate<Turn> condition) {
    return new Turns(all.stream().filter(condition).toList());
  }

  /** Those that were due in a part of the load. */
  Turns between(double fromSeconds, double toSeconds) {
    return where(turn -> turn.dueSeconds() >= fromSeconds && turn.dueSeconds() < toSeconds);
  }

  Turns of(Outcome outcome) {
    return where(turn -> turn.outcome() == outcome);
  }

  static Turns all(Collection<Turns> parts) {
    return new Turns(parts.stream().flatMap(part -> part.all.stream()).toList());
  }

  int size() {
    return all.size();
  }

  /** The part of the turns that were answered. */
  double answered() {
    return size() == 0 ? 0 : (double) of(Outcome.ANSWER).size() / size();
  }

  /** A quantile of the latency as it is. */
  double latency(double quantile) {
    return quantile(all.stream().mapToDouble(Turn::millis).toArray(), quantile);
  }

  /** A quantile of the latency where no answer counts as the deadline. */
  double latencyOfAnswers(double quantile) {
    return quantile(
        all.stream()
            .mapToDouble(
                turn ->
                    turn.outcome() == Outcome.ANSWER
                        ? turn.millis()
                        : Math.max(NO_ANSWER_MILLIS, turn.millis()))
            .toArray(),
        quantile);
  }

  /** A quantile of the answers' latency less what their vendor took. */
  double withoutVendor(double quantile) {
    return quantile(
        of(Outcome.ANSWER).all.stream()
            .mapToDouble(turn -> turn.millis() - turn.vendorMillis())
            .toArray(),
        quantile);
  }

  /** Of the latency, where no answer counts as the deadline. */
  double meanOfAnswers() {
    return all.stream()
        .mapToDouble(
            turn ->
                turn.outcome() == Outcome.ANSWER
                    ? turn.millis()
                    : Math.max(NO_ANSWER_MILLIS, turn.millis()))
        .average()
        .orElse(0);
  }

  /** By nearest rank; 0 of nothing. */
  static double quantile(double[] values, double quantile) {
    if (values.length == 0) {
      return 0;
    }
    Arrays.sort(values);
    return values[(int) Math.ceil(quantile * values.length) - 1];
  }
}
