package io.fengda.conversation;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.CancelReason;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.WorkReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When what happened to the turn that is open, for metrics, the trace, and those who ask. It lives
 * in memory only. Used by one entity, in its thread.
 */
final class TurnTimeline {
  private static final String CANCELLED = "CANCELLED_";

  private final boolean isTraceRoot;
  private final @Nullable Instant committedAt;
  private final boolean recovered;
  private final List<Attempt> attempts = new ArrayList<>(1);
  private @Nullable Turn turn;

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

  private TurnTimeline(boolean isTraceRoot, @Nullable Instant committedAt, boolean recovered) {
    this.isTraceRoot = isTraceRoot;
    this.committedAt = committedAt;
    this.recovered = recovered;
  }

  /**
   * The turn's message was accepted here.
   *
   * @param isTraceRoot whether nobody before the turn tells of its trace
   */
  static TurnTimeline accepted(boolean isTraceRoot, Instant committedAt) {
    return new TurnTimeline(isTraceRoot, committedAt, false);
  }

  /** The turn waited behind another. */
  static TurnTimeline waited() {
    return new TurnTimeline(false, null, false);
  }

  /** The turn was found open by an entity that recovered. */
  static TurnTimeline recovered() {
    return new TurnTimeline(false, null, true);
  }

  /** A query went out; the turn may have more messages than before. */
  void began(Turn open, Query query, long contextBytes, Instant now) {
    turn = open;
    attempts.add(new Attempt(query.attempt(), now, query.context().size(), contextBytes));
  }

  /** A result came; null where nobody said what was done for it. */
  void returned(AttemptId id, @Nullable WorkReport work, Instant now) {
    attempts.stream()
        .filter(attempt -> attempt.id.equals(id))
        .findFirst()
        .ifPresent(
            attempt -> {
              attempt.work = work;
              attempt.deliveredAt = now;
            });
  }

  TurnReport replied(Message.Reply reply, Instant now) {
    return report(
        reply.covers(),
        reply.kind().name(),
        reply.createdAt(),
        now,
        reply.vendor(),
        reply.confidence(),
        reply.citations());
  }

  TurnReport cancelled(List<Long> seqs, CancelReason reason, Instant at, Instant now) {
    return report(seqs, CANCELLED + reason.name(), at, now, "", 0, List.of());
  }

  private TurnReport report(
      List<Long> seqs,
      String outcome,
      Instant decidedAt,
      Instant now,
      String vendor,
      double confidence,
      List<Citation> citations) {
    return new TurnReport(
        seqs,
        turn == null ? "" : turn.trace(),
        isTraceRoot,
        turn == null ? decidedAt : turn.openedAt(),
        committedAt,
        recovered,
        attempts.stream().map(Attempt::report).toList(),
        outcome,
        decidedAt,
        now,
        vendor,
        confidence,
        citations);
  }
}
