package io.fengda.conversation.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The customer's last messages by id, so that a message sent again is known again: 40 bytes each,
 * whatever the length of id and text.
 *
 * <p>Ids are held as the first 16 bytes of their SHA-256. A look-up scans the newest first, at most
 * {@code max} entries of five numbers: a microsecond.
 */
public final class RecentIds {
  private static final int FIELDS = 5;
  private static final int ID_HIGH = 0;
  private static final int ID_LOW = 1;
  private static final int DIGEST = 2;
  private static final int SEQ = 3;

  /** Outcome in the top byte, the reply's seq (0 when there is none) below it. */
  private static final int ENDING = 4;

  private static final int OUTCOME_SHIFT = 56;
  private static final long REPLY_SEQ_MASK = (1L << OUTCOME_SHIFT) - 1;
  private static final RecentIds NONE = new RecentIds(new long[0]);

  private final long[] entries;

  private RecentIds(long[] entries) {
    this.entries = entries;
  }

  /**
   * What is known of a message that came before.
   *
   * @param replySeq the seq of the reply; 0 while the turn is open or when it was cancelled
   */
  public record Known(long seq, Digest digest, Outcome outcome, long replySeq) {}

  public static RecentIds none() {
    return NONE;
  }

  /** Reads {@link #toLongs()} back. */
  public static RecentIds ofLongs(long[] entries) {
    if (entries.length % FIELDS != 0) {
      throw new IllegalArgumentException("not a multiple of " + FIELDS + ": " + entries.length);
    }
    return new RecentIds(entries.clone());
  }

  public long[] toLongs() {
    return entries.clone();
  }

  public int size() {
    return entries.length / FIELDS;
  }

  public Optional<Known> find(MessageId id) {
    ByteBuffer hash = Digest.sha256(id.value());
    long high = hash.getLong();
    long low = hash.getLong();
    for (int at = entries.length - FIELDS; at >= 0; at -= FIELDS) {
      if (entries[at + ID_HIGH] == high && entries[at + ID_LOW] == low) {
        return Optional.of(known(at));
      }
    }
    return Optional.empty();
  }

  RecentIds plus(MessageId id, Digest digest, long seq, int max) {
    ByteBuffer hash = Digest.sha256(id.value());
    int drop = Math.max(0, size() + 1 - max) * FIELDS;
    long[] next = Arrays.copyOfRange(entries, drop, entries.length + FIELDS);
    int at = next.length - FIELDS;
    next[at + ID_HIGH] = hash.getLong();
    next[at + ID_LOW] = hash.getLong();
    next[at + DIGEST] = digest.value();
    next[at + SEQ] = seq;
    next[at + ENDING] = ending(Outcome.OPEN, 0);
    return new RecentIds(next);
  }

  RecentIds ended(List<Long> seqs, Outcome outcome, long replySeq) {
    long[] next = entries.clone();
    for (int at = next.length - FIELDS;
        at >= 0 && next[at + SEQ] >= seqs.getFirst();
        at -= FIELDS) {
      if (seqs.contains(next[at + SEQ])) {
        next[at + ENDING] = ending(outcome, replySeq);
      }
    }
    return new RecentIds(next);
  }

  private Known known(int at) {
    long ending = entries[at + ENDING];
    return new Known(
        entries[at + SEQ],
        new Digest(entries[at + DIGEST]),
        outcome(ending >>> OUTCOME_SHIFT),
        ending & REPLY_SEQ_MASK);
  }

  private static long ending(Outcome outcome, long replySeq) {
    return code(outcome) << OUTCOME_SHIFT | replySeq;
  }

  /** Codes are in snapshots and never change. */
  private static long code(Outcome outcome) {
    return switch (outcome) {
      case OPEN -> 0;
      case ANSWER -> 1;
      case FALLBACK -> 2;
      case CANCELLED -> 3;
    };
  }

  private static Outcome outcome(long code) {
    return Arrays.stream(Outcome.values())
        .filter(outcome -> code(outcome) == code)
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("no outcome of code " + code));
  }
}
