package io.fengda.vendor;

import io.fengda.conversation.model.WorkReport;
import io.fengda.conversation.model.WorkReport.VendorCall;
import io.fengda.telemetry.TraceContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is done for one query, from when its worker took it. Thread-safe. */
public final class WorkLog {
  private final Clock clock;
  private final Instant takenAt;
  private final String spanId = TraceContext.newSpanId();
  private final List<VendorCall> calls = new ArrayList<>(1);

  private WorkLog(Clock clock) {
    this.clock = clock;
    this.takenAt = clock.instant();
  }

  /** Begins now. */
  public static WorkLog begin(Clock clock) {
    return new WorkLog(clock);
  }

  Instant now() {
    return clock.instant();
  }

  synchronized void called(String vendor, String callSpanId, Instant began, String outcome) {
    calls.add(
        new VendorCall(
            vendor, callSpanId, began, Duration.between(began, clock.instant()), outcome));
  }

  /** As of now. */
  public synchronized WorkReport report() {
    return new WorkReport(takenAt, Duration.between(takenAt, clock.instant()), spanId, calls);
  }
}
