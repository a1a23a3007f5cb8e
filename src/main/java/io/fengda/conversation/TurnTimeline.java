package io.fengda.conversation;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.WorkReport;
import io.fengda.telemetry.TraceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When what happened to the turn that is open, and to messages whose turn is to come: for metrics,
 * the trace, and those who ask. It lives in memory only. Used by one entity, in its thread.
 */
final class TurnTimeline {
  private static final String CANCELLED = "CANCELLED_";

  /** Of an answer's citations: a report is kept for a while. */
  private static final int CITATIONS_MAX = 3;

  private static final int CITATION_LENGTH_MAX = 128;

  /** Of messages whose turn has not ended. */
  private final Map<Long, Accepted> accepted = new LinkedHashMap<>(2);

  private final List<Attempt> attempts = new ArrayList<>(1);
  private final boolean recovered;
  private @Nullable Turn turn;

  private TurnTimeline(boolean recovered, @Nullable Turn turn) {
    this.recovered = recovered;
    this.turn = turn;
  }

  /** Nothing has happened yet. */
  static TurnTimeline begin() {
    return new TurnTimeline(false, null);
  }

  /** The turn was found open by an entity that recovered. */
  static TurnTimeline recovered(Turn turn) {
    return new TurnTimeline(true, turn);
  }

  /**
   * A message is in the journal.
   *
   * @param isTraceRoot whether nobody before the turn tells of its trace
   */
  private record Accepted(
      String traceparent, boolean isTraceRoot, Instant receivedAt, Instant committedAt) {}

  private static final class Attempt {
    private final AttemptId id;
    private final Instant beganAt;
    private final int contextMessages;
    private final long contextBytes;
    private @Nullable WorkReport work;
    private @Nullable Instant deliveredAt;

    private Attempt(AttemptId id, Instant beganAt, int contextMessages, long contextBytes) {
      this.id = id;
      this.beganAt = beganAt;
      this.contextMessages = contextMessages;
      this.contextBytes = contextBytes;
    }

    private TurnReport.Attempt report() {
      return new TurnReport.Attempt(
          id.value(), beganAt, contextMessages, contextBytes, work, deliveredAt);
    }
  }

  /** The journal has a message of the turn, or of one to come. */
  void accepted(Command.Receive receive, MessageReceived received, Instant now) {
    boolean isKept =
        TraceContext.parse(received.trace()).map(TraceContext::isSampled).orElse(false);
    boolean isTold =
        receive.input().channel() != Channel.WEBSOCKET && (receive.awaitEnd() || isKept);
    accepted.put(received.seq(), new Accepted(received.trace(), !isTold, received.at(), now));
  }

  /** A query went out; the turn may have more messages than before. */
  void began(Turn open, Query query, long contextBytes, Instant now) {
    turn = open;
    attempts.add(new Attempt(query.attempt(), now, query.context().size(), contextBytes));
  }

  /** A result came, perhaps of an attempt of before the entity recovered. */
  void returned(AttemptId id, @Nullable WorkReport work, Instant now) {
    Attempt attempt = attempts.stream().filter(one -> one.id.equals(id)).findFirst().orElse(null);
    if (attempt == null && work != null) {
      attempt = new Attempt(id, work.takenAt(), 0, 0);
      attempts.add(attempt);
    }
    if (attempt != null) {
      attempt.work = work;
      attempt.deliveredAt = now;
    }
  }

  TurnReport replied(Message.Reply reply, Instant now) {
    return report(
        reply.covers(),
        reply.kind().name(),
        reply.createdAt(),
        now,
        reply.vendor(),
        reply.confidence(),
        reply.citations().stream().limit(CITATIONS_MAX).map(TurnTimeline::cut).toList());
  }

  TurnReport cancelled(TurnCancelled event, Instant now) {
    return report(
        event.covers(), CANCELLED + event.reason().name(), event.at(), now, "", 0, List.of());
  }

  private static Citation cut(Citation citation) {
    return new Citation(cut(citation.title()), cut(citation.source()));
  }

  private static String cut(String text) {
    return text.length() > CITATION_LENGTH_MAX ? text.substring(0, CITATION_LENGTH_MAX) : text;
  }

  /** Of the turn that ended; what is known of others stays. */
  private TurnReport report(
      List<Long> seqs,
      String outcome,
      Instant decidedAt,
      Instant now,
      String vendor,
      double confidence,
      List<Citation> citations) {
    Accepted first = accepted.get(seqs.getFirst());
    Accepted last = accepted.get(seqs.getLast());
    Turn open = turn != null && turn.seqs().containsAll(seqs) ? turn : null;
    TurnReport report =
        new TurnReport(
            seqs,
            last != null ? last.traceparent() : open != null ? open.trace() : "",
            last != null && last.isTraceRoot(),
            first != null ? first.receivedAt() : open != null ? open.openedAt() : decidedAt,
            last == null ? null : last.committedAt(),
            recovered && last == null,
            open != null ? attempts.stream().map(Attempt::report).toList() : List.of(),
            outcome,
            decidedAt,
            now,
            vendor,
            confidence,
            citations);
    seqs.forEach(accepted::remove);
    if (open != null) {
      attempts.clear();
      turn = null;
    }
    return report;
  }

  /** Whether there is nothing to remember. */
  boolean isOver() {
    return turn == null && accepted.isEmpty();
  }
}
