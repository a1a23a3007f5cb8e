package io.fengda.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The closed list of what Fengda counts. Every name and label value is bounded. Thread-safe.
 *
 * @param registry where the meters live
 */
public record Metrics(MeterRegistry registry) {

  /** A turn ended. */
  public void turnEnded(String tenant, String kind) {
    counter("fengda.turns", "tenant", tenant, "kind", kind).increment();
  }

  /** A message was refused by the conversation. */
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

  /** The redriver woke a conversation. */
  public void woken() {
    counter("fengda.redriver.wakes").increment();
  }

  /** A call to a vendor ended. */
  public void vendorCall(String tenant, String vendor, String outcome) {
    counter("fengda.vendor.calls", "tenant", tenant, "vendor", vendor, "outcome", outcome)
        .increment();
  }

  private Counter counter(String name, String... labels) {
    return registry.counter(name, labels);
  }
}
