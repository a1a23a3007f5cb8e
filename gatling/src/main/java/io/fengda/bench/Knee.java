package io.fengda.bench;

import java.util.Locale;

/**
 * The highest rate at which P95 stays under 300 ms for 60 s, what is not answered counted at the
 * deadline. Found by short probes that grow, and then held for the whole time.
 */
final class Knee {
  private static final double P95_MAX_MILLIS = 300;
  private static final double FIRST_PROBE = 100;
  private static final double PROBE_GROWTH = 1.15;
  private static final double STEP_BACK = 0.93;
  private static final int PROBE_SECONDS = 15;
  private static final int HOLD_SECONDS = 60;

  private final Engine engine;
  private final Tenant tenant;

  Knee(Engine engine, Tenant tenant) {
    this.engine = engine;
    this.tenant = tenant;
  }

  /** In turns a second. */
  double find() {
    double rate = FIRST_PROBE;
    while (holds(rate, PROBE_SECONDS)) {
      rate *= PROBE_GROWTH;
    }
    rate /= PROBE_GROWTH;
    while (!holds(rate, HOLD_SECONDS)) {
      rate *= STEP_BACK;
    }
    return rate;
  }

  private boolean holds(double rate, int seconds) {
    Turns turns = run(engine, tenant, rate, seconds);
    double p95 = turns.latencyOfAnswers(0.95);
    Bench.say(
        String.format(
            Locale.ROOT,
            "%.0f turns/s for %d s: P50 %.0f, P95 %.0f ms, %.1f %% answered",
            rate,
            seconds,
            turns.latencyOfAnswers(0.5),
            p95,
            100 * turns.answered()));
    return p95 < P95_MAX_MILLIS;
  }

  private static Turns run(Engine engine, Tenant tenant, double rate, int seconds) {
    return Load.run(engine, Population.of(tenant, Bench.CUSTOMERS, rate, seconds));
  }
}
