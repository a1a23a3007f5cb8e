package io.fengda.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a durable turn costs: CPU microseconds of engine, PostgreSQL and Kafka, of each station
 * inside the engine, and latency, at half and at 70 % of the knee. With something that differs in a
 * second engine the two are compared, A B A B, in one run.
 */
final class TurnsBench {
  /** Of the knee. */
  private static final double LOAD = 0.7;

  private static final double HALF_LOAD = 0.5;
  private static final int SECONDS = 60;
  private static final int PAIRS = 5;
  private static final int PAIR_SECONDS = 20;

  private final double rate;
  private final List<String> difference;

  /**
   * Makes a run.
   *
   * @param rate turns a second; 0: 70 % of the knee, which is then found first
   * @param difference of the second engine, for {@link EngineSpec#with}; empty: there is none
   */
  private TurnsBench(double rate, List<String> difference) {
    this.rate = rate;
    this.difference = difference;
  }

  /** Reads {@code [RATE] [difference …]}. */
  static TurnsBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, List.of());
    double rate = arguments.number(0, 0);
    if (!arguments.engine().isEmpty() && rate == 0) {
      throw new UsageException("a comparison needs a rate: turns RATE KEY=VALUE");
    }
    return new TurnsBench(rate, arguments.engine());
  }

  String run() {
    int port = Ports.free();
    Tenant shop = Tenant.unbounded(port);
    EngineSpec spec = EngineSpec.of(List.of(shop));
    EngineSpec otherSpec = spec.with(difference);
    Process vendor = Bench.vendors(Map.of(port, "50"));
    try (Engine engine = Engine.start(spec)) {
      Bench.warm(engine, shop);
      if (!difference.isEmpty()) {
        try (Engine other = Engine.start(otherSpec)) {
          Bench.warm(other, shop);
          return compare(engine, other, shop);
        }
      }
      return measure(engine, shop);
    } finally {
      vendor.destroy();
    }
  }

  private String measure(Engine engine, Tenant shop) {
    double turnsPerSecond = rate > 0 ? rate : LOAD * new Knee(engine, shop).find();
    Cost.head(1);
    Cost half = cost(engine, shop, turnsPerSecond * HALF_LOAD / LOAD, SECONDS);
    half.print(" ");
    System.out.printf(
        Locale.ROOT,
        "  of these: mean %.1f ms; without their vendor's time P50 %.0f, P95 %.0f, P99 %.0f ms%n",
        half.turns().meanOfAnswers(),
        half.turns().withoutVendor(0.5),
        half.turns().withoutVendor(0.95),
        half.turns().withoutVendor(0.99));
    Cost cost = cost(engine, shop, turnsPerSecond, SECONDS);
    cost.print(" ");
    stations(engine, shop, turnsPerSecond);
    return cost.json();
  }

  /** A second run under the recorder: where the engine's time goes. */
  private static void stations(Engine engine, Tenant shop, double turnsPerSecond) {
    List<Cost> recorded = new ArrayList<>();
    Map<String, Double> threadsBefore = engine.threadCpu();
    Profile.Samples samples =
        engine
            .profile()
            .during(() -> recorded.add(cost(engine, shop, turnsPerSecond, SECONDS / 2)));
    Cost run = recorded.getFirst();
    Map<String, Double> threads = engine.threadCpu();
    System.out.printf(
        Locale.ROOT,
        "%nengine by station, us a turn (%.0f while recorded, %.0f samples):%n",
        run.engine(),
        (double) samples.count());
    double jvm = 0;
    for (String name : List.of("compiler", "gc")) {
      double micros =
          (threads.getOrDefault(name, 0.0) - threadsBefore.getOrDefault(name, 0.0))
              * 1e6
              / run.answers();
      jvm += micros;
      System.out.printf(Locale.ROOT, "  %-14s %5.0f%n", name, micros);
    }
    double rest = run.engine() - jvm;
    samples
        .parts()
        .forEach(
            (station, part) ->
                System.out.printf(Locale.ROOT, "  %-14s %5.0f%n", station, part * rest));
  }

  private String compare(Engine a, Engine b, Tenant shop) {
    List<Cost> as = new ArrayList<>();
    List<Cost> bs = new ArrayList<>();
    Cost.head(1);
    for (int i = 0; i < PAIRS; i++) {
      as.add(cost(a, shop, rate, PAIR_SECONDS));
      as.getLast().print("A");
      bs.add(cost(b, shop, rate, PAIR_SECONDS));
      bs.getLast().print("B");
    }
    double[] ratios =
        IntStream.range(0, PAIRS).mapToDouble(i -> bs.get(i).all() / as.get(i).all()).toArray();
    Arrays.sort(ratios);
    System.out.printf(
        Locale.ROOT,
        "B with %s: CPU of a turn, B / A: %.2f (%.2f to %.2f)%n",
        String.join(" ", difference),
        ratios[PAIRS / 2],
        ratios[0],
        ratios[PAIRS - 1]);
    return String.format(
        Locale.ROOT,
        "{\"cpuRatio\": %.2f, \"a\": %s, \"b\": %s}",
        ratios[PAIRS / 2],
        as.getLast().json(),
        bs.getLast().json());
  }

  private static Cost cost(Engine engine, Tenant shop, double rate, int seconds) {
    return Cost.of(engine, Population.of(shop, Bench.CUSTOMERS, rate, seconds));
  }
}
