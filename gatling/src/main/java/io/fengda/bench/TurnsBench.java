package io.fengda.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a durable turn costs: CPU microseconds of engine, PostgreSQL and Kafka, of each station
 * inside the engine, and latency, at half and at 70 % of the knee. With settings for a second
 * engine the two are compared, A B A B, in one run.
 */
final class TurnsBench {
  /** Of the knee. */
  private static final double LOAD = 0.7;

  private static final double HALF_LOAD = 0.5;
  private static final int SECONDS = 60;
  private static final int PAIRS = 5;
  private static final int PAIR_SECONDS = 20;

  private final double rate;
  private final Map<String, String> settings;

  /**
   * Makes a run.
   *
   * @param rate turns a second; 0: 70 % of the knee, which is then found first
   * @param settings of the second engine; empty: there is none
   */
  TurnsBench(double rate, Map<String, String> settings) {
    this.rate = rate;
    this.settings = settings;
  }

  String run() {
    int port = Bench.freePort();
    Process vendor = Bench.vendors(Map.of(port, "50"));
    Tenant shop = Tenant.unbounded(port);
    try (Engine engine = Engine.start(List.of(shop), Map.of())) {
      Bench.warm(engine, shop);
      if (!settings.isEmpty()) {
        try (Engine other = Engine.start(List.of(shop), settings)) {
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
    head();
    Cost half = cost(engine, shop, turnsPerSecond * HALF_LOAD / LOAD, SECONDS);
    half.print(" ");
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
    head();
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
        settings,
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

  private static void head() {
    System.out.println(
        "  turns/s  answers others | CPU us a turn: engine PostgreSQL Kafka   all |"
            + " P50  P95  P99  max ms | KB allocated a turn, RSS MB");
  }

  /** What a run of load cost; CPU in microseconds a turn. */
  record Cost(
      double turnsPerSecond,
      Turns turns,
      double engine,
      double postgres,
      double kafka,
      double allocatedKilobytes,
      double rssMegabytes) {
    double all() {
      return engine + postgres + kafka;
    }

    int answers() {
      return turns.of(Outcome.ANSWER).size();
    }

    void print(String name) {
      System.out.printf(
          Locale.ROOT,
          "%1s %7.1f %8d %6d | %21.0f %10.0f %5.0f %5.0f | %3.0f %4.0f %4.0f %4.0f    | %.0f,"
              + " %.0f%n",
          name,
          turnsPerSecond,
          answers(),
          turns.size() - answers(),
          engine,
          postgres,
          kafka,
          all(),
          turns.latencyOfAnswers(0.5),
          turns.latencyOfAnswers(0.95),
          turns.latencyOfAnswers(0.99),
          turns.latencyOfAnswers(1),
          allocatedKilobytes,
          rssMegabytes);
    }

    String json() {
      return String.format(
          Locale.ROOT,
          "{\"turnsPerSecond\": %.1f, \"cpuUsPerTurn\": {\"total\": %.0f, \"engine\": %.0f,"
              + " \"postgres\": %.0f, \"kafka\": %.0f}, \"meanMs\": %.1f, \"p50Ms\": %.0f,"
              + " \"p95Ms\": %.0f, \"p99Ms\": %.0f, \"errors\": %d}",
          turnsPerSecond,
          all(),
          engine,
          postgres,
          kafka,
          turns.all().stream().mapToDouble(Turn::millis).average().orElse(0),
          turns.latencyOfAnswers(0.5),
          turns.latencyOfAnswers(0.95),
          turns.latencyOfAnswers(0.99),
          turns.size() - answers());
    }
  }

  private static Cost cost(Engine engine, Tenant shop, double rate, int seconds) {
    Engine.Cpu before = engine.cpu();
    double allocated = engine.allocatedBytes();
    Turns turns = Knee.run(engine, shop, rate, seconds);
    Engine.Cpu cpu = engine.cpu().minus(before);
    double answers = Math.max(1, turns.of(Outcome.ANSWER).size());
    return new Cost(
        answers / seconds,
        turns,
        cpu.engine() * 1e6 / answers,
        cpu.postgres() * 1e6 / answers,
        cpu.kafka() * 1e6 / answers,
        (engine.allocatedBytes() - allocated) / 1024 / answers,
        engine.rssMegabytes());
  }

  /** Reads {@code [RATE] [key=value …]}. */
  static TurnsBench of(List<String> arguments) {
    double rate = 0;
    List<String> settings = arguments;
    if (!arguments.isEmpty() && !arguments.getFirst().contains("=")) {
      rate = Double.parseDouble(arguments.getFirst());
      settings = arguments.subList(1, arguments.size());
    }
    if (!settings.isEmpty() && rate == 0) {
      throw new IllegalArgumentException("a comparison needs a rate: turns RATE key=value");
    }
    Map<String, String> other = new LinkedHashMap<>();
    settings.stream()
        .map(setting -> setting.split("=", 2))
        .forEach(pair -> other.put(pair[0], pair[1]));
    return new TurnsBench(rate, other);
  }
}
