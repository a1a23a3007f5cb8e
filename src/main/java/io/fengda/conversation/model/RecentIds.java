package io.fengda.conversation.model;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The customer's last messages by id, so that a message sent again is known again: 40 bytes each,
 * whatever the length of id and text.
 *
 * <p>Ids are held as the first 16 bytes of their SHA-256. A look-up scans the newest first, at most
 * {@code max} entries of five numbers: a microsecond. Entries are in chunks, which a successor
 * shares: each message makes two successors, and garbage of them if it copied everything.
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

  /** Numbers of a chunk. */
  private static final int CHUNK = 32 * FIELDS;

  private static final long[][] NO_CHUNKS = {};
  private static final RecentIds NONE = new RecentIds(NO_CHUNKS, new long[0]);

  /** Full but for the first, which has lost what is too old. */
  private final long[][] older;

  private final long[] newest;

  private RecentIds(long[][] older, long[] newest) {
    this.older = older;
    this.newest = newest;
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
    int full = Math.max(0, (entries.length - 1) / CHUNK);
    long[][] older = new long[full][];
    for (int chunk = 0; chunk < full; chunk++) {
      older[chunk] = Arrays.copyOfRange(entries, chunk * CHUNK, (chunk + 1) * CHUNK);
    }
    return new RecentIds(older, Arrays.copyOfRange(entries, full * CHUNK, entries.length));
  }

  public long[] toLongs() {
    return Stream.concat(Arrays.stream(older), Stream.of(newest))
        .flatMapToLong(Arrays::stream)
        .toArray();
  }

  public int size() {
    int first = older.length == 0 ? 0 : older[0].length + (older.length - 1) * CHUNK;
    return (first + newest.length) / FIELDS;
  }

  public Optional<Known> find(MessageId id) {
    ByteBuffer hash = Digest.sha256(id.value());
    long high = hash.getLong();
    long low = hash.getLong();
    Optional<Known> found = find(newest, high, low);
    for (int chunk = older.length - 1; chunk >= 0 && found.isEmpty(); chunk--) {
      found = find(older[chunk], high, low);
    }
    return found;
  }

  private static Optional<Known> find(long[] entries, long high, long low) {
    for (int at = entries.length - FIELDS; at >= 0; at -= FIELDS) {
      if (entries[at + ID_HIGH] == high && entries[at + ID_LOW] == low) {
        return Optional.of(known(entries, at));
      }
    }
    return Optional.empty();
  }

  RecentIds plus(MessageId id, Digest digest, long seq, int max) {
    RecentIds kept = size() < max ? this : withoutOldest(size() + 1 - max);
    boolean isFull = kept.newest.length == CHUNK;
    long[] next =
        isFull ? new long[FIELDS] : Arrays.copyOf(kept.newest, kept.newest.length + FIELDS);
    int at = next.length - FIELDS;
    ByteBuffer hash = Digest.sha256(id.value());
    next[at + ID_HIGH] = hash.getLong();
    next[at + ID_LOW] = hash.getLong();
    next[at + DIGEST] = digest.value();
    next[at + SEQ] = seq;
    next[at + ENDING] = ending(Outcome.OPEN, 0);
    return new RecentIds(isFull ? kept.allChunks() : kept.older, next);
  }

  private long[][] allChunks() {
    long[][] all = Arrays.copyOf(older, older.length + 1);
    all[older.length] = newest;
    return all;
  }

  private RecentIds withoutOldest(int count) {
    int drop = count * FIELDS;
    int from = 0;
    while (from < older.length && older[from].length <= drop) {
      drop -= older[from].length;
      from++;
    }
    if (from == older.length) {
      return new RecentIds(NO_CHUNKS, Arrays.copyOfRange(newest, drop, newest.length));
    }
    long[][] rest = Arrays.copyOfRange(older, from, older.length);
    rest[0] = Arrays.copyOfRange(rest[0], drop, rest[0].length);
    return new RecentIds(rest, newest);
  }

  RecentIds ended(List<Long> seqs, Outcome outcome, long replySeq) {
    long ending = ending(outcome, replySeq);
    long first = seqs.getFirst();
    long[][] next =
        Arrays.stream(older)
            .map(chunk -> lastSeq(chunk) < first ? chunk : ended(chunk, seqs, ending))
            .toArray(long[][]::new);
    return new RecentIds(older.length == 0 ? NO_CHUNKS : next, ended(newest, seqs, ending));
  }

  private static long lastSeq(long[] entries) {
    return entries[entries.length - FIELDS + SEQ];
  }

  private static long[] ended(long[] entries, List<Long> seqs, long ending) {
    long[] next = entries.clone();
    for (int at = next.length - FIELDS;
        at >= 0 && next[at + SEQ] >= seqs.getFirst();
        at -= FIELDS) {
      if (seqs.contains(next[at + SEQ])) {
        next[at + ENDING] = ending;
      }
    }
    return next;
  }

  private static Known known(long[] entries, int at) {
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
