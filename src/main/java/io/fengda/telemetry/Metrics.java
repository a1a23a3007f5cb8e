package io.fengda.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The closed list of what Fengda counts. Every name and label value is bounded. Thread-safe.
 *
 * @param registry where the meters live
 */
public record Metrics(MeterRegistry registry) {

  /** Around the promise of 300 ms and the usual deadline of 1.5 s. */
  private static final Duration[] TURN_BUCKETS =
      IntStream.of(5, 10, 25, 50, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 5_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final String REDRIVEN = "fengda.turns.redriven";

  /**
   * What is rare begins at 0: of a counter that is new, Prometheus does not see the first increase.
   */
  public Metrics {
    var unused = registry.counter(REDRIVEN);
  }

  /** A turn ended. */
  public void turnEnded(String tenant, String kind) {
    counter("fengda.turns", "tenant", tenant, "kind", kind).increment();
  }

  /** A message or call was refused, at the gateway or by its conversation. */
  public void refused(String tenant, String refusal) {
    counter("fengda.refusals", "tenant", tenant, "reason", refusal).increment();
  }

  /** A delta, result or deadline changed nothing. */
  public void ignored(String reason) {
    counter("fengda.ignored", "reason", reason).increment();
  }

  /** A record could not be handed to Kafka, or could not be read from it. */
  public void recordLost(String topic, String reason) {
    counter("fengda.records.lost", "topic", topic, "reason", reason).increment();
  }

  /** How long a query lay in Kafka before a worker took it. */
  public void queryWaited(String topic, Duration waited) {
    registry.timer("fengda.queries.wait", "topic", topic).record(waited);
  }

  /** How many queries this worker has set aside, because their tenant has others running. */
  public void queriesAside(IntSupplier waiting) {
    Gauge.builder("fengda.queries.aside", waiting::getAsInt).register(registry);
  }

  /** How many turns are open on this node, and how many may be. */
  public void openTurns(IntSupplier open, IntSupplier limit) {
    Gauge.builder("fengda.turns.open", open::getAsInt).register(registry);
    Gauge.builder("fengda.turns.open.limit", limit::getAsInt).register(registry);
  }

  /** How many conversations are in memory here. */
  public void conversations(IntSupplier count) {
    Gauge.builder("fengda.conversations", count::getAsInt).register(registry);
  }

  /** How many may be, by what is configured and by the heap. */
  public void conversationsLimit(IntSupplier limit) {
    Gauge.builder("fengda.conversations.limit", limit::getAsInt).register(registry);
  }

  /** How many sockets and event streams are open here. */
  public void channels(IntSupplier open) {
    Gauge.builder("fengda.channels.open", open::getAsInt).register(registry);
  }

  /**
   * How far the readers of a topic are behind.
   *
   * @param records not committed
   * @param oldestSeconds the age of the oldest of them
   */
  public void behind(String topic, DoubleSupplier records, DoubleSupplier oldestSeconds) {
    Gauge.builder("fengda.queries.behind", records::getAsDouble)
        .tag("topic", topic)
        .register(registry);
    Gauge.builder("fengda.queries.oldest.seconds", oldestSeconds::getAsDouble)
        .tag("topic", topic)
        .register(registry);
  }

  /** A transaction of the journal's was written: so many events, in this time. */
  public void journalWritten(int events, Duration took) {
    registry.timer("fengda.journal.write").record(took);
    registry.summary("fengda.journal.group.events").record(events);
  }

  /** How long turns, and messages on their way into one, are at a station. */
  public Consumer<Duration> station(String station) {
    return Timer.builder("fengda.turn.time")
            .tag("station", station)
            .serviceLevelObjectives(TURN_BUCKETS)
            .register(registry)
        ::record;
  }

  /** A turn that was open when its conversation died, or moved, was taken up again. */
  public void redriven() {
    counter(REDRIVEN).increment();
  }

  /** A call to a vendor ended. */
  public void vendorCall(String tenant, String vendor, String outcome) {
    counter("fengda.vendor.calls", "tenant", tenant, "vendor", vendor, "outcome", outcome)
        .increment();
  }

  /** Whether no call is made to a vendor for a tenant (1, else 0), and how many are open. */
  public void vendorGuard(
      String tenant, String vendor, BooleanSupplier isOpen, IntSupplier callsOpen) {
    gauge("fengda.vendor.breaker.open", tenant, vendor, () -> isOpen.getAsBoolean() ? 1 : 0);
    gauge("fengda.vendor.calls.open", tenant, vendor, callsOpen::getAsInt);
  }

  private void gauge(String name, String tenant, String vendor, Supplier<Number> value) {
    Gauge.builder(name, value).tags("tenant", tenant, "vendor", vendor).register(registry);
  }

  private Counter counter(String name, String... labels) {
    return registry.counter(name, labels);
  }
}
