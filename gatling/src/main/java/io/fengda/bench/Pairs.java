package io.fengda.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Windows of a run that take turns, without a disturbance and with it, and what others feel of it. */
final class Pairs {
  static final int WINDOW_SECONDS = 30;
  static final int COUNT = 3;

  /** Of each window: what the one before left behind. */
  private static final int SETTLING_SECONDS = 2;

  private Pairs() {}

  /** Customers of these tenants, at this rate together, in all windows. */
  static Population population(String name, List<Tenant> tenants, double rate) {
    return new Population(
        name,
        tenants,
        Bench.CUSTOMERS,
        List.of(new Population.Phase(rate, 2 * COUNT * WINDOW_SECONDS)));
  }

  /** The others' latency in quiet and in noisy windows; returns the ratio of their P99. */
  static double row(String name, Turns others) {
    Turns quiet = windows(others, window -> window % 2 == 0);
    Turns noisy = windows(others, window -> window % 2 == 1);
    double[] ratios =
        IntStream.range(0, COUNT)
            .mapToDouble(
                pair ->
                    windows(others, window -> window == 2 * pair + 1).latencyOfAnswers(0.99)
                        / windows(others, window -> window == 2 * pair).latencyOfAnswers(0.99))
            .sorted()
            .toArray();
    double ratio = noisy.latencyOfAnswers(0.99) / quiet.latencyOfAnswers(0.99);
    System.out.printf(
        Locale.ROOT,
        "others without %s: %d turns, %.2f %% answered, P50 %.0f, P95 %.0f, P99 %.0f ms%n"
            + "others with %s:    %d turns, %.2f %% answered, P50 %.0f, P95 %.0f, P99 %.0f ms%n"
            + "P99 with / without: %.2f (pairs: %s)%n",
        name,
        quiet.size(),
        100 * quiet.answered(),
        quiet.latencyOfAnswers(0.5),
        quiet.latencyOfAnswers(0.95),
        quiet.latencyOfAnswers(0.99),
        name,
        noisy.size(),
        100 * noisy.answered(),
        noisy.latencyOfAnswers(0.5),
        noisy.latencyOfAnswers(0.95),
        noisy.latencyOfAnswers(0.99),
        ratio,
        String.join(
            ", ",
            Arrays.stream(ratios).mapToObj(r -> String.format(Locale.ROOT, "%.2f", r)).toList()));
    return ratio;
  }

  private static Turns windows(Turns turns, IntPredicate which) {
    return turns.where(
        turn ->
            which.test((int) turn.dueSeconds() / WINDOW_SECONDS)
                && turn.dueSeconds() % WINDOW_SECONDS >= SETTLING_SECONDS);
  }
}
