package io.fengda.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Half of the knee for a long time: whether anything grows. Everything that is bounded is at its
 * bound when it begins: the known customers' conversations have all the messages and ids that one
 * may have, as many conversations are in memory as may be, and the heap is touched in full.
 */
final class SoakBench {
  private static final double LOAD = 0.5;
  private static final int MINUTES = 30;

  /** So many that a {@link Trend} has points enough. */
  private static final int MINUTES_MIN = 15;

  private static final int MINUTES_MAX = 24 * 60;

  /** Turns are kept until they are counted. */
  private static final double TURNS_MAX = 1_500_000;

  /** More than the ids that a conversation remembers, which is more than its context. */
  private static final int TURNS_OF_KNOWN = 1_010;

  private static final int TEMPLATES = 10;
  private static final int SNAPSHOT_EVERY = 50;

  /** Twice the known customers: those that come once leave the memory again. */
  private static final int ENTITIES_MAX = 2 * Bench.CUSTOMERS;

  /** Until there are as many conversations in memory as may be. */
  private static final int LEAD_SECONDS = 240;

  /** Of the samples the first are left out. */
  private static final double FROM_PART = 1.0 / 3;

  private static final List<String> WHOLE_HEAP =
      List.of("-Xms1g", "-XX:+AlwaysPreTouch", Footprint.WITHOUT_DEAD_WOOD);

  private final int minutes;
  private final double rate;
  private final List<String> difference;

  private SoakBench(int minutes, double rate, List<String> difference) {
    this.minutes = minutes;
    this.rate = rate;
    this.difference = difference;
  }

  /** Reads {@code [MINUTES] [RATE] [difference …]}; without a rate the knee is found first. */
  static SoakBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(2, List.of());
    return new SoakBench(
        arguments.whole(0, MINUTES, MINUTES_MIN, MINUTES_MAX),
        bounded(arguments.number(1, 0), arguments.whole(0, MINUTES, MINUTES_MIN, MINUTES_MAX)),
        arguments.engine());
  }

  private static double bounded(double rate, int minutes) {
    if (rate * minutes * 60 > TURNS_MAX) {
      throw new UsageException("%.0f turns are too many to be kept".formatted(rate * minutes * 60));
    }
    return rate;
  }

  String run() {
    int port = Ports.free();
    Tenant shop = Tenant.unbounded(port);
    Tenant others = Tenant.unbounded("others", port);
    EngineSpec spec =
        EngineSpec.of(List.of(shop, others))
            .options(WHOLE_HEAP)
            .environment("FENGDA_ENTITIES_MAX", Integer.toString(ENTITIES_MAX))
            .with(difference);
    Process vendor = Bench.vendors(Map.of(port, "50"));
    try (Engine engine = Engine.start(spec)) {
      Bench.warm(engine, others);
      seed(engine, others, shop);
      double turnsPerSecond =
          rate > 0 ? rate : bounded(LOAD * new Knee(engine, shop).find(), minutes);
      return soak(engine, shop, turnsPerSecond);
    } finally {
      vendor.destroy();
    }
  }

  private static void seed(Engine engine, Tenant talking, Tenant shop) {
    List<String> customers = Talks.customers("template-", TEMPLATES);
    Talks.hold(engine, talking, customers, TURNS_OF_KNOWN);
    try (JournalSeed seed = JournalSeed.of(engine)) {
      seed.copy(
          seed.templates(talking, customers, SNAPSHOT_EVERY),
          shop,
          number -> Population.KNOWN + number,
          Bench.CUSTOMERS);
      seed.settle();
    }
  }

  private String soak(Engine engine, Tenant shop, double turnsPerSecond) {
    Node node = engine.first();
    Bench.say("%.0f turns a second for %d s first".formatted(turnsPerSecond, LEAD_SECONDS));
    Load.run(engine, Population.of(shop, Bench.CUSTOMERS, turnsPerSecond, LEAD_SECONDS));
    Footprint before = Footprint.of(node);
    Bench.say("%.0f turns a second for %d minutes".formatted(turnsPerSecond, minutes));
    try (Samples samples = Samples.of(node)) {
      Turns turns =
          Load.run(engine, Population.of(shop, Bench.CUSTOMERS, turnsPerSecond, 60 * minutes));
      List<Samples.Sample> last = samples.from(FROM_PART);
      Footprint after = Footprint.of(node);
      samples.plot();
      return report(turns, turnsPerSecond, last, before, after);
    }
  }

  private String report(
      Turns turns,
      double turnsPerSecond,
      List<Samples.Sample> last,
      Footprint before,
      Footprint after) {
    Trend rss =
        Trend.of(
            last.stream().mapToDouble(Samples.Sample::minute).toArray(),
            last.stream().mapToDouble(sample -> 1e3 * sample.rssMegabytes()).toArray());
    double heap = (after.heapBytes() - before.heapBytes()) / 1e3 / minutes;
    int errors = turns.size() - turns.of(Outcome.ANSWER).size();
    System.out.printf(
        Locale.ROOT,
        "%n%.0f turns a second for %d minutes: %d turns, %d fallbacks, %d refused, %d errors;"
            + " P50 %.0f, P95 %.0f, P99 %.0f ms%n"
            + "after a full collection, before and after: heap %.1f and %.1f MB (%.1f KB a minute),"
            + " RSS %.1f and %.1f MB%n"
            + "RSS of the last two thirds: %.1f KB a minute, standard error %.1f%n",
        turnsPerSecond,
        minutes,
        turns.size(),
        turns.of(Outcome.FALLBACK).size(),
        turns.of(Outcome.OVERLOAD).size() + turns.of(Outcome.QUOTA).size(),
        turns.of(Outcome.ERROR).size(),
        turns.latencyOfAnswers(0.5),
        turns.latencyOfAnswers(0.95),
        turns.latencyOfAnswers(0.99),
        before.heapBytes() / 1e6,
        after.heapBytes() / 1e6,
        heap,
        before.rssBytes() / 1e6,
        after.rssBytes() / 1e6,
        rss.slope(),
        rss.error());
    return String.format(
        Locale.ROOT,
        "{\"rssSlopeKbPerMinute\": %.1f, \"slopeError\": %.1f, \"heapSlopeKbPerMinute\": %.1f,"
            + " \"turns\": %d, \"errors\": %d}",
        rss.slope(),
        rss.error(),
        heap,
        turns.size(),
        errors);
  }
}
