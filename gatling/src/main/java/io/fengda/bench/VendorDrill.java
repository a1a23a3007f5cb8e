package io.fengda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Vendors that fail, at 20 turns/s: one that refuses connections, one that hangs, and both again
 * with a second vendor behind them.
 */
final class VendorDrill {
  private static final double RATE = 20;
  private static final int SECONDS = 25;

  private final int good = Ports.free();
  private final int refusing = Ports.free();
  private final int hanging = Ports.free();

  /** What a run showed. */
  private record Seen(Turns turns, double calls, double openAfterSeconds) {}

  String run() {
    Process vendors = Bench.vendors(Map.of(good, "50", hanging, "hang"));
    Tenant well = new Tenant("well", Map.of(), List.of(good));
    Tenant refused = new Tenant("refused", Map.of(), List.of(refusing));
    Tenant hung = new Tenant("hung", Map.of(), List.of(hanging));
    Tenant refusedTwice = new Tenant("refused-first", Map.of(), List.of(refusing, good));
    Tenant hungTwice = new Tenant("hung-first", Map.of(), List.of(hanging, good));
    List<Tenant> all = List.of(well, refused, hung, refusedTwice, hungTwice);
    try (Engine engine = Engine.start(EngineSpec.of(all))) {
      Bench.warm(engine, well);
      Seen refusal = see(engine, refused);
      Seen hang = see(engine, hung);
      Seen refusedThenGood = see(engine, refusedTwice);
      Seen hungThenGood = see(engine, hungTwice);
      return report(refusal, hang, refusedThenGood, hungThenGood);
    } finally {
      vendors.destroy();
    }
  }

  private static Seen see(Engine engine, Tenant tenant) {
    String label = "tenant=\"" + tenant.id() + "\"";
    double before = calls(engine, label);
    long startNanos = System.nanoTime();
    AtomicLong openedNanos = new AtomicLong();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var watching =
          timer.scheduleWithFixedDelay(
              () -> {
                if (engine.metric("fengda_vendor_breaker_open", label) > 0) {
                  openedNanos.compareAndSet(0, System.nanoTime() - startNanos);
                }
              },
              0,
              50,
              TimeUnit.MILLISECONDS);
      Turns turns =
          Load.run(
              engine,
              new Population(
                  tenant.id(),
                  List.of(tenant),
                  Bench.CUSTOMERS,
                  List.of(new Population.Phase(RATE, SECONDS))));
      watching.cancel(false);
      double calls = calls(engine, label) - before;
      return new Seen(turns, calls, openedNanos.get() / 1e9);
    }
  }

  /** Calls that were made: one that the breaker spared the vendor was not. */
  private static double calls(Engine engine, String tenant) {
    String name = "fengda_vendor_calls_total";
    return engine.metric(name, tenant) - engine.metric(name, "outcome=\"BREAKER_OPEN\"," + tenant);
  }

  private static String report(Seen refusal, Seen hang, Seen refusedThenGood, Seen hungThenGood) {
    List<String> rows = new ArrayList<>();
    rows.add(
        "vendor              turns  answers  fallbacks  calls/turn  open after s   P50   P99   max"
            + " ms");
    rows.add(row("refuses", refusal));
    rows.add(row("hangs", hang));
    rows.add(row("refuses, 2nd good", refusedThenGood));
    rows.add(row("hangs, 2nd good", hungThenGood));
    rows.forEach(System.out::println);
    double openP99 = afterOpen(refusal).latency(0.99);
    System.out.printf(Locale.ROOT, "fallback P99 once the breaker is open: %.0f ms%n", openP99);
    return String.format(
        Locale.ROOT,
        "{\"callsPerTurn\": %.3f, \"breakerOpenSeconds\": %.2f, \"fallbackP99Ms\": %.0f,"
            + " \"hangingMaxMs\": %.0f, \"fallbacksWithSecondVendor\": %d}",
        refusal.calls() / refusal.turns().size(),
        refusal.openAfterSeconds(),
        openP99,
        hang.turns().latency(1),
        refusedThenGood.turns().of(Outcome.FALLBACK).size()
            + hungThenGood.turns().of(Outcome.FALLBACK).size());
  }

  private static Turns afterOpen(Seen seen) {
    return seen.turns().between(seen.openAfterSeconds(), SECONDS).of(Outcome.FALLBACK);
  }

  private static String row(String name, Seen seen) {
    Turns turns = seen.turns();
    return String.format(
        Locale.ROOT,
        "%-18s %6d %8d %10d %11.3f %13.2f %5.0f %5.0f %8.0f",
        name,
        turns.size(),
        turns.of(Outcome.ANSWER).size(),
        turns.of(Outcome.FALLBACK).size(),
        seen.calls() / turns.size(),
        seen.openAfterSeconds(),
        turns.latency(0.5),
        turns.latency(0.99),
        turns.latency(1));
  }
}
