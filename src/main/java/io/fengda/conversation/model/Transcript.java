package io.fengda.conversation.model;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The last messages of a conversation, oldest first, without a gap up to the newest: the context
 * for the vendor, and what is served without asking the journal. Immutable.
 *
 * <p>Most conversations are silent most of the time, so the messages are held {@link PackedMessage
 * packed}.
 */
public final class Transcript {
  private static final Transcript EMPTY = new Transcript(0, new byte[0][], 0);

  private final long firstSeq;
  private final byte[][] packed;
  private final long textBytes;

  /**
   * Makes one.
   *
   * @param firstSeq of the oldest message; 0 where there is none
   * @param textBytes UTF-8 bytes of all texts
   */
  private Transcript(long firstSeq, byte[][] packed, long textBytes) {
    this.firstSeq = firstSeq;
    this.packed = packed;
    this.textBytes = textBytes;
  }

  public static Transcript empty() {
    return EMPTY;
  }

  /**
   * The transcript of these messages.
   *
   * @param messages oldest first, without a gap
   */
  public static Transcript of(List<Message> messages) {
    byte[][] packed = messages.stream().map(PackedMessage::pack).toArray(byte[][]::new);
    return packed.length == 0
        ? EMPTY
        : new Transcript(
            messages.getFirst().seq(),
            packed,
            Arrays.stream(packed).mapToLong(PackedMessage::textBytes).sum());
  }

  /** All messages, oldest first. */
  public List<Message> messages() {
    return unpacked(0, packed.length);
  }

  /** UTF-8 bytes of all texts. */
  public long textBytes() {
    return textBytes;
  }

  public Optional<Message> find(long seq) {
    long index = seq - firstSeq;
    return index < 0 || index >= packed.length
        ? Optional.empty()
        : Optional.of(PackedMessage.unpack(packed[(int) index], seq));
  }

  /**
   * The messages after {@code seq} that are here, oldest first.
   *
   * @see Conversation#remembersAllAfter
   */
  public List<Message> after(long seq) {
    return after(seq, packed.length);
  }

  /** The first {@code limit} messages after {@code seq}. */
  public List<Message> after(long seq, int limit) {
    int from = Math.clamp(seq + 1 - firstSeq, 0, packed.length);
    return unpacked(from, (int) Math.min(packed.length, (long) from + limit));
  }

  /** What was {@link Said} in turns that have ended, oldest first. */
  public List<ByteString> context() {
    List<ByteString> context = new ArrayList<>(packed.length);
    for (byte[] message : packed) {
      if (PackedMessage.isReply(message) || PackedMessage.outcome(message) != Outcome.OPEN) {
        context.add(PackedMessage.said(message));
      }
    }
    return context;
  }

  private List<Message> unpacked(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(index -> PackedMessage.unpack(packed[index], firstSeq + index))
        .toList();
  }

  /** Appends, and forgets the oldest beyond the limits, but nothing from {@code keepFromSeq} on. */
  Transcript plus(Message message, ModelLimits limits, long keepFromSeq) {
    byte[] last = PackedMessage.pack(message);
    long bytes = textBytes + PackedMessage.textBytes(last);
    int count = packed.length + 1;
    int drop = 0;
    while (drop < packed.length
        && firstSeq + drop < keepFromSeq
        && (count - drop > limits.transcriptMessagesMax() || bytes > limits.transcriptBytesMax())) {
      bytes -= PackedMessage.textBytes(packed[drop]);
      drop++;
    }
    byte[][] next = Arrays.copyOfRange(packed, drop, count);
    next[count - drop - 1] = last;
    return new Transcript(message.seq() - (count - drop - 1), next, bytes);
  }

  Transcript ended(List<Long> seqs, Outcome outcome) {
    byte[][] next = packed.clone();
    for (long seq : seqs) {
      long index = seq - firstSeq;
      if (index >= 0 && index < next.length && !PackedMessage.isReply(next[(int) index])) {
        next[(int) index] = PackedMessage.ended(next[(int) index], outcome);
      }
    }
    return new Transcript(firstSeq, next, textBytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Transcript that
        && firstSeq == that.firstSeq
        && Arrays.deepEquals(packed, that.packed);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(firstSeq) + 31 * Arrays.deepHashCode(packed);
  }

  @Override
  public String toString() {
    return "Transcript[%d messages from %d]".formatted(packed.length, firstSeq);
  }
}
