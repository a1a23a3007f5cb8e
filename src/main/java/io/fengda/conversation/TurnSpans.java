package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.WorkReport;
import io.fengda.telemetry.Span;
import io.fengda.telemetry.Span.Kind;
import io.fengda.telemetry.TraceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trace of one turn:
 *
 * <pre>
 * (the caller's, if any)
 * └ turn
 *   ├ journal message
 *   ├ attempt …
 *   │ └ fengda.queries.text publish       until a worker takes it
 *   │   └ fengda.queries.text process     by the worker
 *   │     ├ fengda.nlp.v1.NlpService/Answer …, whose id the vendor is told
 *   │     └ fengda.results publish        until its conversation has it
 *   └ journal reply
 * </pre>
 */
final class TurnSpans {
  private final ConversationId id;
  private final TurnReport report;
  private final TraceContext trace;
  private final List<Span> spans = new ArrayList<>();

  private TurnSpans(ConversationId id, TurnReport report, TraceContext trace) {
    this.id = id;
    this.report = report;
    this.trace = trace;
  }

  static List<Span> of(ConversationId id, TurnReport report, TraceContext trace) {
    return new TurnSpans(id, report, trace).all();
  }

  private List<Span> all() {
    String turn = report.isTraceRoot() ? trace.spanId() : TraceContext.newSpanId();
    add(
        turn,
        report.isTraceRoot() ? "" : trace.spanId(),
        Kind.INTERNAL,
        "turn",
        report.receivedAt(),
        report.endedAt(),
        TurnStories.isOdd(report),
        turnAttributes());
    if (report.committedAt() != null) {
      child(turn, "journal message", report.receivedAt(), report.committedAt());
    }
    report.attempts().forEach(attempt -> attempt(turn, attempt));
    child(turn, "journal reply", report.decidedAt(), report.endedAt());
    return spans;
  }

  private Map<String, String> turnAttributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("fengda.tenant", id.tenant().value());
    attributes.put("fengda.turn", report.seqs().getLast().toString());
    attributes.put("fengda.outcome", report.outcome());
    attributes.put("fengda.vendor", report.vendor());
    if (report.recovered()) {
      attributes.put("fengda.recovered", "true");
    }
    return attributes;
  }

  private void attempt(String turn, TurnReport.Attempt attempt) {
    Instant until = attempt.deliveredAt() == null ? report.decidedAt() : attempt.deliveredAt();
    String own =
        add(
            TraceContext.newSpanId(),
            turn,
            Kind.INTERNAL,
            "attempt",
            attempt.beganAt(),
            until,
            attempt.deliveredAt() == null,
            Map.of(
                "fengda.attempt",
                attempt.attemptId(),
                "fengda.context.messages",
                Integer.toString(attempt.contextMessages())));
    WorkReport work = attempt.work();
    String query =
        add(
            TraceContext.newSpanId(),
            own,
            Kind.PRODUCER,
            "fengda.queries.text publish",
            attempt.beganAt(),
            work == null ? until : work.takenAt(),
            work == null,
            messaging("fengda.queries.text"));
    if (work == null) {
      return;
    }
    add(
        work.spanId(),
        query,
        Kind.CONSUMER,
        "fengda.queries.text process",
        work.takenAt(),
        work.endedAt(),
        false,
        messaging("fengda.queries.text"));
    work.calls().forEach(call -> call(work.spanId(), call));
    add(
        TraceContext.newSpanId(),
        work.spanId(),
        Kind.PRODUCER,
        "fengda.results publish",
        work.endedAt(),
        until,
        false,
        messaging("fengda.results"));
  }

  private void call(String parent, WorkReport.VendorCall call) {
    add(
        call.spanId(),
        parent,
        Kind.CLIENT,
        "fengda.nlp.v1.NlpService/Answer",
        call.began(),
        call.began().plus(call.took()),
        !call.outcome().equals("ANSWER"),
        Map.of(
            "rpc.system",
            "grpc",
            "fengda.vendor",
            call.vendor(),
            "fengda.outcome",
            call.outcome()));
  }

  private static Map<String, String> messaging(String topic) {
    return Map.of("messaging.system", "kafka", "messaging.destination.name", topic);
  }

  private void child(String parent, String name, Instant began, Instant ended) {
    add(
        TraceContext.newSpanId(),
        parent,
        Kind.INTERNAL,
        name,
        began,
        ended,
        false,
        Map.of("db.system.name", "postgresql"));
  }

  /** Clocks of two machines may differ: no part ends before it begins. */
  private String add(
      String spanId,
      String parentId,
      Kind kind,
      String name,
      Instant began,
      Instant ended,
      boolean failed,
      Map<String, String> attributes) {
    spans.add(
        new Span(
            trace.traceId(),
            spanId,
            parentId,
            kind,
            name,
            began,
            ended.isBefore(began) ? began : ended,
            failed,
            attributes));
    return spanId;
  }
}
