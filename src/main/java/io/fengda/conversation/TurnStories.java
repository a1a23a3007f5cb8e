package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.WorkReport;
import io.fengda.telemetry.LogAbout;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How turns go, told when they have ended: as times by station to the metrics, as a trace to who
 * looks at traces, and kept for a while for who asks. Turns of the warm-up are nobody's.
 * Thread-safe.
 */
final class TurnStories {
  private static final Logger log = LoggerFactory.getLogger(TurnStories.class);

  private static final String MESSAGE = "journal-message";
  private static final String QUERY = "queue-query";
  private static final String WORKER = "worker";
  private static final String VENDOR = "vendor";
  private static final String RESULT = "queue-result";
  private static final String REPLY = "journal-reply";
  private static final String WHOLE = "whole";
  private static final List<String> STATIONS =
      List.of(MESSAGE, QUERY, WORKER, VENDOR, RESULT, REPLY, WHOLE);

  private final RecentTurns recent;
  private final Spans spans;
  private final Map<String, Consumer<Duration>> stations;

  TurnStories(RecentTurns recent, Spans spans, Metrics metrics) {
    this.recent = recent;
    this.spans = spans;
    this.stations =
        STATIONS.stream()
            .collect(Collectors.toUnmodifiableMap(Function.identity(), metrics::station));
  }

  /** A customer's message is in the journal. */
  void committed(ConversationId id, Instant receivedAt, Instant now) {
    if (!id.tenant().equals(Tenants.RESERVED)) {
      passed(MESSAGE, Duration.between(receivedAt, now));
    }
  }

  void ended(ConversationId id, TurnReport report) {
    if (id.tenant().equals(Tenants.RESERVED)) {
      return;
    }
    try {
      tell(id, report);
    } catch (RuntimeException e) {
      // A turn is no worse for what could not be told of it.
      LogAbout.tenant(log.atWarn(), id.tenant().value())
          .log("a turn's story is not told: {}", e.toString());
    }
  }

  private void tell(ConversationId id, TurnReport report) {
    count(report);
    recent.ended(id, report);
    TraceContext.parse(report.traceparent())
        .filter(trace -> spans.wants(trace.isSampled(), isOdd(report), took(report)))
        .ifPresent(trace -> spans.export(TurnSpans.of(id, report, trace)));
    if (log.isDebugEnabled()) {
      LogAbout.turn(
              log.atDebug(),
              id.tenant().value(),
              id.inTenant(),
              report.seqs().getLast(),
              report.traceparent())
          .log("{} after {} ms", report.outcome(), took(report).toMillis());
    }
  }

  private void count(TurnReport report) {
    passed(WHOLE, took(report));
    passed(REPLY, Duration.between(report.decidedAt(), report.endedAt()));
    if (report.attempts().isEmpty()) {
      return;
    }
    TurnReport.Attempt last = report.attempts().getLast();
    WorkReport work = last.work();
    if (work != null && last.deliveredAt() != null) {
      passed(QUERY, Duration.between(last.beganAt(), work.takenAt()));
      passed(WORKER, work.worked());
      work.calls().forEach(call -> passed(VENDOR, call.took()));
      passed(RESULT, Duration.between(work.endedAt(), last.deliveredAt()));
    }
  }

  /** Clocks of two machines may differ. */
  private void passed(String station, Duration took) {
    Consumer<Duration> timer = stations.get(station);
    if (timer != null) {
      timer.accept(took.isNegative() ? Duration.ZERO : took);
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

  /** Nothing is told of tenants that are gone. */
  void keepOnly(Predicate<TenantId> known) {
    recent.keepOnly(known);
  }

  /** Nothing is told of what was erased. */
  void erased(ConversationId id) {
    recent.erased(id);
  }
}
