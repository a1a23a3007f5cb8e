package io.fengda.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The peak: steady at a fifth of the knee, a step to three times the knee for 60 s, and back. What
 * is too much is refused at once; what is accepted ends; it is over when the step is over.
 */
final class PeakDrill {
  private static final double STEADY = 0.2;
  private static final double STEP = 3;
  private static final int SECONDS = 60;
  private static final double BACK_TO = 1.25;
  private static final int WINDOW_SECONDS = 5;

  /** After which most connections are there that the step needs. */
  private static final int CONNECTING_SECONDS = 2;

  private final double known;
  private final List<String> differences;

  /**
   * Of the command line.
   *
   * @param known the knee in turns a second, from an earlier run; 0: it is to be found
   */
  private PeakDrill(double known, List<String> differences) {
    this.known = known;
    this.differences = differences;
  }

  static PeakDrill of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, List.of());
    return new PeakDrill(arguments.number(0, 0), arguments.engine());
  }

  String run() {
    int port = Ports.free();
    Process vendor = Bench.vendors(Map.of(port, "50"));
    Tenant shop = Tenant.unbounded(port);
    try (Engine engine = Engine.start(EngineSpec.of(List.of(shop)).with(differences))) {
      Bench.warm(engine, shop);
      double knee = known > 0 ? known : new Knee(engine, shop).find();
      return peak(engine, vendor, shop, knee);
    } finally {
      vendor.destroy();
    }
  }

  private static String peak(Engine engine, Process vendor, Tenant shop, double knee) {
    Bench.say(
        String.format(
            Locale.ROOT,
            "knee %.0f turns/s; %.0f, %.0f and %.0f turns/s for %d s each",
            knee,
            STEADY * knee,
            STEP * knee,
            STEADY * knee,
            SECONDS));
    Engine.Cpu before = engine.cpu();
    double loadBefore = Processes.cpuSeconds(ProcessHandle.current());
    double vendorBefore = Processes.cpuSeconds(vendor.toHandle());
    Turns turns =
        Load.run(
            engine,
            new Population(
                "peak",
                List.of(shop),
                Bench.CUSTOMERS,
                List.of(
                    new Population.Phase(STEADY * knee, SECONDS),
                    new Population.Phase(STEP * knee, SECONDS),
                    new Population.Phase(STEADY * knee, SECONDS))));
    Engine.Cpu cpu = engine.cpu().minus(before);
    double load = Processes.cpuSeconds(ProcessHandle.current()) - loadBefore;
    double vendors = Processes.cpuSeconds(vendor.toHandle()) - vendorBefore;

    Turns steady = turns.between(5, SECONDS);
    Turns step = turns.between(SECONDS, 2 * SECONDS);
    Turns after = turns.between(2 * SECONDS, 3 * SECONDS);
    Turns refused = step.of(Outcome.OVERLOAD);
    Turns refusedLater = refused.between(SECONDS + CONNECTING_SECONDS, 2 * SECONDS);
    double goodput = step.of(Outcome.ANSWER).size() / (double) SECONDS / knee;
    double recovery = recoverySeconds(after, steady.latencyOfAnswers(0.95));
    int lost = new LostTurns(engine, List.of(shop)).count(turns);

    System.out.printf(Locale.ROOT, "%nknee: %.0f turns/s%n", knee);
    System.out.println(
        "phase       turns  answers  fallbacks  refused  errors   P50   P95   P99 ms (answers)");
    row("steady", steady);
    row("step", step);
    row("after", after);
    System.out.printf(
        Locale.ROOT,
        "refusals in the step: P50 %.0f, P95 %.0f, P99 %.0f, max %.0f ms; from its third second on"
            + " P99 %.0f, max %.0f ms%n",
        refused.latency(0.5),
        refused.latency(0.95),
        refused.latency(0.99),
        refused.latency(1),
        refusedLater.latency(0.99),
        refusedLater.latency(1));
    System.out.printf(
        Locale.ROOT,
        "goodput in the step: %.0f %% of the knee; lost turns: %d; back to the earlier latency"
            + " after %.0f s%n",
        100 * goodput,
        lost,
        recovery);
    System.out.printf(
        Locale.ROOT,
        "CPU seconds: engine %.0f, PostgreSQL %.0f, Kafka %.0f; load %.0f, vendor %.0f%n",
        cpu.engine(),
        cpu.postgres(),
        cpu.kafka(),
        load,
        vendors);
    return String.format(
        Locale.ROOT,
        "{\"goodputRatio\": %.3f, \"refusalP99Ms\": %.0f, \"lostTurns\": %d, \"recoverySeconds\":"
            + " %.0f}",
        goodput,
        refused.latency(0.99),
        lost,
        recovery);
  }

  private static void row(String phase, Turns turns) {
    Turns answers = turns.of(Outcome.ANSWER);
    System.out.printf(
        Locale.ROOT,
        "%-8s %8d %8d %10d %8d %7d %5.0f %5.0f %5.0f%n",
        phase,
        turns.size(),
        answers.size(),
        turns.of(Outcome.FALLBACK).size(),
        turns.of(Outcome.OVERLOAD).size() + turns.of(Outcome.QUOTA).size(),
        turns.of(Outcome.ERROR).size(),
        answers.latency(0.5),
        answers.latency(0.95),
        answers.latency(0.99));
  }

  /** From when on the P95 of five seconds is no more than a quarter above what it was before. */
  private static double recoverySeconds(Turns after, double p95Before) {
    for (int second = 0; second + WINDOW_SECONDS <= SECONDS; second++) {
      double from = 2.0 * SECONDS + second;
      if (after.between(from, from + WINDOW_SECONDS).latencyOfAnswers(0.95)
          <= BACK_TO * p95Before) {
        return second;
      }
    }
    return SECONDS;
  }
}
