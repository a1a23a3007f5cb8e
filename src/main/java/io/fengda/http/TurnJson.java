package io.fengda.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.TurnReport;
import io.fengda.conversation.model.WorkReport;
import io.fengda.telemetry.TraceContext;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a turn went, in the contract's JSON: each station with when it began and how long it took.
 */
final class TurnJson {
  private TurnJson() {}

  static ObjectNode of(TurnReport report) {
    ObjectNode json = Json.object();
    ArrayNode seqs = json.putArray("seqs");
    report.seqs().forEach(seqs::add);
    TraceContext.parse(report.traceparent())
        .ifPresent(trace -> json.put("traceId", trace.traceId()));
    json.put("outcome", outcome(report.outcome())).put("reason", report.outcome());
    json.put("vendor", report.vendor()).put("confidence", report.confidence());
    json.put("recovered", report.recovered());
    json.put("receivedAt", report.receivedAt().toString());
    json.put("endedAt", report.endedAt().toString());
    json.put("tookMs", Duration.between(report.receivedAt(), report.endedAt()).toMillis());
    ArrayNode stations = json.putArray("stations");
    station(stations, "journal-message", report.receivedAt(), report.committedAt());
    ArrayNode attempts = json.putArray("attempts");
    report.attempts().forEach(attempt -> attempt(attempts.addObject(), stations, attempt));
    station(stations, "journal-reply", report.decidedAt(), report.endedAt());
    ArrayNode citations = json.putArray("citations");
    report
        .citations()
        .forEach(
            citation ->
                citations
                    .addObject()
                    .put("title", citation.title())
                    .put("source", citation.source()));
    return json;
  }

  private static String outcome(String reason) {
    if (reason.startsWith("CANCELLED")) {
      return "cancelled";
    }
    return reason.equals("ANSWER") ? "answer" : "fallback";
  }

  private static void attempt(ObjectNode json, ArrayNode stations, TurnReport.Attempt attempt) {
    json.put("attemptId", attempt.attemptId())
        .put("contextMessages", attempt.contextMessages())
        .put("contextBytes", attempt.contextBytes());
    ArrayNode calls = json.putArray("vendorCalls");
    WorkReport work = attempt.work();
    if (work == null) {
      station(stations, "queue-query", attempt.beganAt(), null);
      return;
    }
    station(stations, "queue-query", attempt.beganAt(), work.takenAt());
    station(stations, "worker", work.takenAt(), work.endedAt());
    for (WorkReport.VendorCall call : work.calls()) {
      station(stations, "vendor", call.began(), call.began().plus(call.took()));
      calls
          .addObject()
          .put("vendor", call.vendor())
          .put("beganAt", call.began().toString())
          .put("tookMs", call.took().toMillis())
          .put("breaker", call.outcome().equals("BREAKER_OPEN") ? "open" : "closed")
          .put("outcome", call.outcome());
    }
    station(stations, "queue-result", work.endedAt(), attempt.deliveredAt());
  }

  /**
   * Adds a station.
   *
   * @param ended null where it did not end, or nobody knows when
   */
  private static void station(
      ArrayNode stations, String name, Instant began, @Nullable Instant ended) {
    ObjectNode json = stations.addObject().put("station", name).put("beganAt", began.toString());
    if (ended != null) {
      json.put("tookMs", Math.max(0, Duration.between(began, ended).toMillis()));
    }
  }
}
