package io.fengda.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.operator.Figures.Behind;
import io.fengda.operator.Figures.Station;
import io.fengda.operator.Figures.TenantTurns;
import io.fengda.operator.Figures.TenantVendor;
import io.fengda.telemetry.Metrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is counted on a node, as the page is told. */
class FigureReaderTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Metrics metrics = new Metrics(registry);

  @Test
  void aNodeThatHasCountedNothingTellsOfNothing() {
    Figures figures = FigureReader.read(registry);

    assertEquals(Map.of(), figures.turns());
    assertEquals(List.of(), figures.stations());
    assertEquals(0, figures.openLimit());
  }

  @Test
  void turnsAreSummedByWhatBecameOfThem() {
    metrics.turnEnded("bank", "ANSWER");
    metrics.turnEnded("shop", "ANSWER");
    metrics.turnEnded("bank", "DEADLINE");
    metrics.turnEnded("bank", "NO_ANSWER");
    metrics.turnEnded("bank", "STOPPED");
    metrics.turnEnded("-fengda", "ANSWER");

    assertEquals(
        Map.of("answer", 2L, "fallback", 2L, "cancelled", 1L), FigureReader.read(registry).turns());
  }

  @Test
  void tenantsComeByHowMuchTheyAskFor() {
    metrics.turnEnded("bank", "ANSWER");
    metrics.turnEnded("shop", "ANSWER");
    metrics.turnEnded("shop", "DEADLINE");
    metrics.refused("loud", "OVERLOADED");
    metrics.refused("loud", "OVERLOADED");
    metrics.refused("loud", "QUOTA_EXCEEDED");

    assertEquals(
        List.of(
            new TenantTurns("loud", 0, 0, 3),
            new TenantTurns("shop", 2, 1, 0),
            new TenantTurns("bank", 1, 0, 0)),
        FigureReader.read(registry).tenants());
    assertEquals(
        Map.of("OVERLOADED", 2L, "QUOTA_EXCEEDED", 1L), FigureReader.read(registry).refusals());
  }

  @Test
  void tenantsBeyondTheMostAreLeftOut() {
    for (int i = 0; i <= FigureReader.TENANTS_MAX; i++) {
      metrics.turnEnded("tenant-" + i, "ANSWER");
    }
    metrics.turnEnded("tenant-1000", "ANSWER");

    List<TenantTurns> tenants = FigureReader.read(registry).tenants();

    assertEquals(FigureReader.TENANTS_MAX, tenants.size());
    assertEquals("tenant-1000", tenants.getFirst().tenant());
  }

  @Test
  void theWaitsThatAreTimedStandForStationsUntilTheseAre() {
    metrics.queryWaited("queries", Duration.ofMillis(30));
    metrics.journalWritten(4, Duration.ofMillis(5));
    assertEquals(List.of("queue-query", "journal"), stations());

    registry.timer("fengda.turn.time", "station", "whole").record(Duration.ofMillis(90));
    registry.timer("fengda.turn.time", "station", "vendor").record(Duration.ofMillis(40));
    registry.timer("fengda.turn.time", "station", "another").record(Duration.ofMillis(1));

    assertEquals(List.of("vendor", "whole", "another"), stations());
    Station vendor = FigureReader.read(registry).stations().getFirst();
    assertEquals(1, vendor.count());
    assertEquals(0.04, vendor.totalSeconds(), 1e-6);
    assertEquals(0.04, vendor.maxSeconds(), 1e-6);
    assertEquals(List.of(), vendor.buckets());
  }

  @Test
  void aTimerWithBucketsTellsThem() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Timer timer =
        Timer.builder("fengda.turn.time")
            .tag("station", "whole")
            .serviceLevelObjectives(Duration.ofMillis(50), Duration.ofMillis(300))
            .register(prometheus);
    timer.record(Duration.ofMillis(20));
    timer.record(Duration.ofMillis(200));

    assertEquals(
        List.of(new Figures.Bucket(0.05, 1), new Figures.Bucket(0.3, 2)),
        FigureReader.read(prometheus).stations().getFirst().buckets());
  }

  @Test
  void lagBreakersAndOpenTurnsAreAsTheyAreNow() {
    metrics.openTurns(() -> 7, () -> 5_000);
    metrics.behind("queries", () -> 12, () -> 0.5);
    metrics.behind("results", () -> Double.NaN, () -> Double.NaN);
    metrics.vendorGuard("bank", "first", () -> true, () -> 3);
    metrics.vendorGuard("bank", "second", () -> false, () -> 0);

    Figures figures = FigureReader.read(registry);

    assertEquals(7, figures.open());
    assertEquals(5_000, figures.openLimit());
    assertTrue(figures.behind().contains(new Behind("queries", 12, 0.5)));
    assertTrue(figures.behind().contains(new Behind("results", 0, 0)));
    assertEquals(2, figures.breakers().all());
    assertEquals(List.of(new TenantVendor("bank", "first")), figures.breakers().open());
  }

  private List<String> stations() {
    return FigureReader.read(registry).stations().stream().map(Station::name).toList();
  }
}
