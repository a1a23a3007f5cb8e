package io.fengda.conversation.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a worker did with a query, as it tells with the result; by the worker's clock.
 *
 * @param takenAt when it took the query from Kafka
 * @param worked how long it had it; the rest of the attempt's time it waited
 * @param spanId of the worker's part of the trace, 16 hexadecimal digits; empty where there is none
 * @param calls to vendors, in their order
 */
public record WorkReport(Instant takenAt, Duration worked, String spanId, List<VendorCall> calls) {
  public WorkReport {
    calls = List.copyOf(calls);
  }

  /**
   * A call to a vendor, made or refused.
   *
   * @param spanId of the call's part of the trace, which the vendor was told
   * @param outcome the {@link ReplyKind} that it brought, or BREAKER_OPEN or BULKHEAD_FULL where it
   *     was not made
   */
  public record VendorCall(
      String vendor, String spanId, Instant began, Duration took, String outcome) {}

  /** When the worker had its result. */
  public Instant endedAt() {
    return takenAt.plus(worked);
  }
}
