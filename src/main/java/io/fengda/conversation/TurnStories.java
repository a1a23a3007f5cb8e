package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.WorkReport;
import io.fengda.telemetry.LogAbout;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How turns go, told when they have ended: as times by station to the metrics, as a trace to who
 * looks at traces, and kept for a while for who asks. Turns of the warm-up are nobody's.
 * Thread-safe.
 */
final class TurnStories {
  private static final Logger log = LoggerFactory.getLogger(TurnStories.class);

  private final RecentTurns recent;
  private final Spans spans;
  private final Metrics metrics;

  TurnStories(RecentTurns recent, Spans spans, Metrics metrics) {
    this.recent = recent;
    this.spans = spans;
    this.metrics = metrics;
  }

  /** A customer's message is in the journal. */
  void committed(ConversationId id, Instant receivedAt, Instant now) {
    if (!id.tenant().equals(Tenants.RESERVED)) {
      metrics.stationPassed("journal-message", Duration.between(receivedAt, now));
    }
  }

  void ended(ConversationId id, TurnReport report) {
    if (id.tenant().equals(Tenants.RESERVED)) {
      return;
    }
    count(report);
    recent.ended(id, report);
    TraceContext.parse(report.traceparent())
        .filter(trace -> spans.wants(trace.isSampled(), isOdd(report), took(report)))
        .ifPresent(trace -> spans.export(TurnSpans.of(id, report, trace)));
    if (log.isDebugEnabled()) {
      LogAbout.turn(
              log.atDebug(),
              id.tenant().value(),
              id.customer().value() + ':' + id.name(),
              report.seqs().getFirst(),
              report.traceparent())
          .log("{} after {} ms", report.outcome(), took(report).toMillis());
    }
  }

  private void count(TurnReport report) {
    metrics.stationPassed("whole", took(report));
    metrics.stationPassed("journal-reply", Duration.between(report.decidedAt(), report.endedAt()));
    if (report.attempts().isEmpty()) {
      return;
    }
    TurnReport.Attempt last = report.attempts().getLast();
    WorkReport work = last.work();
    if (work != null && last.deliveredAt() != null) {
      metrics.stationPassed("queue-query", Duration.between(last.beganAt(), work.takenAt()));
      metrics.stationPassed("worker", work.worked());
      work.calls().forEach(call -> metrics.stationPassed("vendor", call.took()));
      metrics.stationPassed("queue-result", Duration.between(work.endedAt(), last.deliveredAt()));
    }
  }

  private static Duration took(TurnReport report) {
    return Duration.between(report.receivedAt(), report.endedAt());
  }

  /** Whether a turn ended with a fallback. */
  static boolean isOdd(TurnReport report) {
    return Arrays.stream(ReplyKind.values())
        .anyMatch(kind -> kind != ReplyKind.ANSWER && kind.name().equals(report.outcome()));
  }

  /** The turn of a customer's message, if it is still known. */
  Optional<TurnReport> find(ConversationId id, long seq) {
    return recent.find(id, seq);
  }

  /** Nothing is told of what was erased. */
  void erased(ConversationId id) {
    recent.erased(id);
  }
}
