package io.fengda.operator;

import io.fengda.conversation.model.ReplyKind;
import io.fengda.operator.Figures.Behind;
import io.fengda.operator.Figures.Breakers;
import io.fengda.operator.Figures.Bucket;
import io.fengda.operator.Figures.Station;
import io.fengda.operator.Figures.TenantTurns;
import io.fengda.operator.Figures.TenantVendor;
import io.fengda.tenant.Tenants;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@link Figures} from a node's meters, by their names. A meter that is not there yet counts
 * as none. What the engine asks itself (warm-up) is left out of turns.
 */
final class FigureReader {
  /** The most tenants, and open breakers, that a node tells of. */
  static final int TENANTS_MAX = 1_000;

  private static final String TURNS = "fengda.turns";
  private static final String REFUSALS = "fengda.refusals";
  private static final String STATIONS = "fengda.turn.time";

  /** In the order of a message's way; others come after them. */
  private static final List<String> WAY =
      List.of("journal-message", "queue-query", "vendor", "queue-result", "journal-reply", "whole");

  private FigureReader() {}

  static Figures read(MeterRegistry registry) {
    Collection<Counter> turns =
        registry.find(TURNS).counters().stream()
            .filter(turn -> !tag(turn, "tenant").equals(Tenants.RESERVED.value()))
            .toList();
    Collection<Counter> refusals = registry.find(REFUSALS).counters();
    return new Figures(
        summed(turns.stream(), FigureReader::outcome),
        summed(refusals.stream(), refusal -> tag(refusal, "reason")),
        gauge(registry, "fengda.turns.open"),
        gauge(registry, "fengda.turns.open.limit"),
        stations(registry),
        behind(registry),
        breakers(registry),
        tenants(turns, refusals));
  }

  private static Map<String, Long> summed(Stream<Counter> counters, Function<Counter, String> by) {
    return counters.collect(
        Collectors.groupingBy(
            by, TreeMap::new, Collectors.summingLong(counter -> (long) counter.count())));
  }

  /** A kind that is none of a reply is the reason of a cancellation. */
  private static String outcome(Counter turn) {
    return reply(turn)
        .map(kind -> kind.outcome().name().toLowerCase(Locale.ROOT))
        .orElse("cancelled");
  }

  private static Optional<ReplyKind> reply(Counter turn) {
    String name = tag(turn, "kind");
    return Arrays.stream(ReplyKind.values()).filter(kind -> kind.name().equals(name)).findAny();
  }

  private static long gauge(MeterRegistry registry, String name) {
    Gauge gauge = registry.find(name).gauge();
    return gauge == null ? 0 : (long) gauge.value();
  }

  /** The stations where they are timed; else the waits that are. */
  private static List<Station> stations(MeterRegistry registry) {
    List<Station> timed =
        registry.find(STATIONS).timers().stream()
            .map(timer -> station(tag(timer, "station"), timer))
            .sorted(Comparator.comparingInt(FigureReader::place).thenComparing(Station::name))
            .toList();
    return timed.isEmpty()
        ? Stream.concat(
                registry.find("fengda.queries.wait").timers().stream()
                    .map(timer -> station("queue-query", timer)),
                registry.find("fengda.journal.write").timers().stream()
                    .map(timer -> station("journal", timer)))
            .toList()
        : timed;
  }

  private static int place(Station station) {
    int at = WAY.indexOf(station.name());
    return at < 0 ? WAY.size() : at;
  }

  private static Station station(String name, Timer timer) {
    HistogramSnapshot now = timer.takeSnapshot();
    List<Bucket> buckets =
        Arrays.stream(now.histogramCounts())
            .map(count -> new Bucket(count.bucket(TimeUnit.SECONDS), count.count()))
            .filter(bucket -> Double.isFinite(bucket.seconds()))
            .toList();
    return new Station(
        name, now.count(), now.total(TimeUnit.SECONDS), now.max(TimeUnit.SECONDS), buckets);
  }

  private static List<Behind> behind(MeterRegistry registry) {
    List<Behind> all = new ArrayList<>();
    for (Gauge records : registry.find("fengda.queries.behind").gauges()) {
      String topic = tag(records, "topic");
      Gauge oldest = registry.find("fengda.queries.oldest.seconds").tag("topic", topic).gauge();
      all.add(
          new Behind(topic, number(records.value()), oldest == null ? 0 : number(oldest.value())));
    }
    return List.copyOf(all);
  }

  /** A gauge whose source is away is not a number. */
  private static double number(double value) {
    return Double.isFinite(value) ? value : 0;
  }

  private static Breakers breakers(MeterRegistry registry) {
    Collection<Gauge> all = registry.find("fengda.vendor.breaker.open").gauges();
    return new Breakers(
        all.size(),
        all.stream()
            .filter(breaker -> breaker.value() > 0)
            .map(breaker -> new TenantVendor(tag(breaker, "tenant"), tag(breaker, "vendor")))
            .sorted(Comparator.comparing(TenantVendor::tenant))
            .limit(TENANTS_MAX)
            .toList());
  }

  private static List<TenantTurns> tenants(
      Collection<Counter> turns, Collection<Counter> refusals) {
    Map<String, TenantTurns> all = new HashMap<>();
    for (Counter turn : turns) {
      boolean isFallback = outcome(turn).equals("fallback");
      add(all, turn, (long) turn.count(), isFallback ? (long) turn.count() : 0, 0);
    }
    for (Counter refusal : refusals) {
      add(all, refusal, 0, 0, (long) refusal.count());
    }
    return all.values().stream()
        .sorted(
            Comparator.comparingLong((TenantTurns one) -> one.turns() + one.refusals())
                .reversed()
                .thenComparing(TenantTurns::tenant))
        .limit(TENANTS_MAX)
        .toList();
  }

  private static void add(
      Map<String, TenantTurns> all, Counter counter, long turns, long fallbacks, long refusals) {
    all.merge(
        tag(counter, "tenant"),
        new TenantTurns(tag(counter, "tenant"), turns, fallbacks, refusals),
        (one, other) ->
            new TenantTurns(
                one.tenant(),
                one.turns() + other.turns(),
                one.fallbacks() + other.fallbacks(),
                one.refusals() + other.refusals()));
  }

  private static String tag(Meter meter, String name) {
    return Objects.requireNonNullElse(meter.getId().getTag(name), "");
  }
}
