package io.fengda.conversation;

import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.WorkReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one turn went: from its first message to what was written of its end. Times are of the node's
 * clock, but the worker's in {@link WorkReport}.
 *
 * @param seqs the customer messages it covers
 * @param traceparent W3C Trace Context; empty where there is none
 * @param isTraceRoot whether nobody before the turn tells of its trace, so that its part is the
 *     first
 * @param receivedAt when its first message came; after a recovery, when the turn was taken up
 * @param committedAt when the journal had the last one; null where its entity died since
 * @param recovered whether another entity accepted it: that one died, or its node did
 * @param outcome a {@link io.fengda.conversation.model.ReplyKind}, or why it was cancelled
 * @param decidedAt when it was known how it ends
 * @param endedAt when the journal had that
 * @param vendor whose result it is; empty where there is none
 * @param confidence 0 to 1
 */
public record TurnReport(
    List<Long> seqs,
    String traceparent,
    boolean isTraceRoot,
    Instant receivedAt,
    @Nullable Instant committedAt,
    boolean recovered,
    List<Attempt> attempts,
    String outcome,
    Instant decidedAt,
    Instant endedAt,
    String vendor,
    double confidence,
    List<Citation> citations)
    implements CborSerializable {
  public TurnReport {
    seqs = List.copyOf(seqs);
    attempts = List.copyOf(attempts);
    citations = List.copyOf(citations);
  }

  /**
   * One query that went out for the turn.
   *
   * @param contextMessages what the vendor was told of before
   * @param contextBytes UTF-8 bytes of their texts
   * @param work what the worker did; null where no result came, or an older worker did not say
   * @param deliveredAt when the result came; null where none did
   */
  public record Attempt(
      String attemptId,
      Instant beganAt,
      int contextMessages,
      long contextBytes,
      @Nullable WorkReport work,
      @Nullable Instant deliveredAt) {}
}
