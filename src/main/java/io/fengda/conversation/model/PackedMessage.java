package io.fengda.conversation.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.fengda.conversation.model.Message.FromCustomer;
import io.fengda.conversation.model.Message.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A message as it lies in memory until somebody reads it: one array of bytes in place of some ten
 * objects. It is never written anywhere as a whole, so that its form may change with any version.
 *
 * <pre>
 * flags          1  bit 0: a reply; bits 1 and 2 of a customer's message: its outcome
 * created at     8  milliseconds since 1970
 * said           4 or more: role and text, as the {@link Query#context context} of a query has them
 * of a customer: message id
 * of a reply:    kind 1, confidence 8, attempt id, vendor, covers 2 + 4 each (how far before its own
 *                seq), citations 2 + title and source each
 * </pre>
 *
 * An id is 1 byte for its length and its letters; or -1 and the 16 bytes of a UUID in its usual
 * form; or 127, 4 bytes for its length, and its letters. Other texts are 4 bytes for their length
 * and UTF-8.
 */
final class PackedMessage {
  private static final int FLAGS = 0;
  private static final int CREATED_AT = 1;
  private static final int SAID = 9;
  private static final int REPLY = 1;
  private static final int OUTCOME_SHIFT = 1;
  private static final int UUID_BYTES = 16;
  private static final int UUID_LETTERS = 36;
  private static final byte UUID_FOLLOWS = -1;
  private static final byte LENGTH_FOLLOWS = Byte.MAX_VALUE;
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
  private static final List<ReplyKind> KINDS = List.of(ReplyKind.values());

  private PackedMessage() {}

  static byte[] pack(Message message) {
    byte[] text = utf8(message.text());
    int restAt = SAID + Said.encodedBytes(text.length);
    return switch (message) {
      case FromCustomer said -> {
        byte[] id = id(said.messageId().value());
        byte[] packed = new byte[restAt + id.length];
        head(packed, said, flags(said.outcome()), Said.Speaker.CUSTOMER, text).put(id);
        yield packed;
      }
      case Reply reply -> {
        byte[] attempt = id(reply.attempt().value());
        byte[] vendor = utf8(reply.vendor());
        List<byte[]> citations = citations(reply.citations());
        int length = 1 + 8 + attempt.length + 4 + vendor.length + 2 + 4 * reply.covers().size() + 2;
        length += citations.stream().mapToInt(part -> 4 + part.length).sum();
        byte[] packed = new byte[restAt + length];
        ByteBuffer rest =
            head(packed, reply, REPLY, Said.Speaker.BOT, text)
                .put((byte) KINDS.indexOf(reply.kind()))
                .putDouble(reply.confidence())
                .put(attempt)
                .putInt(vendor.length)
                .put(vendor)
                .putShort((short) reply.covers().size());
        reply.covers().forEach(seq -> rest.putInt(Math.toIntExact(reply.seq() - seq)));
        rest.putShort((short) reply.citations().size());
        citations.forEach(part -> rest.putInt(part.length).put(part));
        yield packed;
      }
    };
  }

  private static ByteBuffer head(
      byte[] packed, Message message, int flags, Said.Speaker by, byte[] text) {
    ByteBuffer head =
        ByteBuffer.wrap(packed).put((byte) flags).putLong(message.createdAt().toEpochMilli());
    return Said.put(by, text, head);
  }

  static Message unpack(byte[] packed, long seq) {
    ByteBuffer rest = ByteBuffer.wrap(packed).position(SAID + saidBytes(packed));
    Instant createdAt = Instant.ofEpochMilli(ByteBuffer.wrap(packed).getLong(CREATED_AT));
    if (!isReply(packed)) {
      return new FromCustomer(
          seq, new MessageId(readId(rest)), text(packed), createdAt, outcome(packed));
    }
    ReplyKind kind = KINDS.get(rest.get());
    double confidence = rest.getDouble();
    AttemptId attempt = new AttemptId(readId(rest));
    String vendor = readText(rest);
    int covered = Short.toUnsignedInt(rest.getShort());
    List<Long> covers = new ArrayList<>(covered);
    for (int i = 0; i < covered; i++) {
      covers.add(seq - rest.getInt());
    }
    int cited = Short.toUnsignedInt(rest.getShort());
    List<Citation> citations = new ArrayList<>(cited);
    for (int i = 0; i < cited; i++) {
      citations.add(new Citation(readText(rest), readText(rest)));
    }
    return new Reply(
        seq, covers, kind, text(packed), vendor, confidence, citations, attempt, createdAt);
  }

  static boolean isReply(byte[] packed) {
    return (packed[FLAGS] & REPLY) != 0;
  }

  /** How the turn of a customer's message has ended. */
  static Outcome outcome(byte[] packed) {
    return OUTCOMES.get(packed[FLAGS] >> OUTCOME_SHIFT);
  }

  /** The same message of a customer, its turn ended. */
  static byte[] ended(byte[] packed, Outcome how) {
    byte[] ended = packed.clone();
    ended[FLAGS] = (byte) flags(how);
    return ended;
  }

  static String text(byte[] packed) {
    return Said.text(packed, SAID);
  }

  static int textBytes(byte[] packed) {
    return Said.textBytes(packed, SAID);
  }

  /** As the context of a query; it stays as it is when the message is {@link #ended}. */
  static ByteString said(byte[] packed) {
    return UnsafeByteOperations.unsafeWrap(packed, SAID, saidBytes(packed));
  }

  private static int saidBytes(byte[] packed) {
    return Said.encodedBytes(textBytes(packed));
  }

  private static int flags(Outcome outcome) {
    return OUTCOMES.indexOf(outcome) << OUTCOME_SHIFT;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<byte[]> citations(List<Citation> citations) {
    List<byte[]> parts = new ArrayList<>(2 * citations.size());
    for (Citation citation : citations) {
      parts.add(utf8(citation.title()));
      parts.add(utf8(citation.source()));
    }
    return parts;
  }

  private static String readText(ByteBuffer from) {
    return readText(from, from.getInt());
  }

  private static String readText(ByteBuffer from, int length) {
    byte[] text = new byte[length];
    from.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] id(String id) {
    if (id.length() == UUID_LETTERS) {
      try {
        UUID uuid = UUID.fromString(id);
        if (uuid.toString().equals(id)) {
          byte[] packed = new byte[1 + UUID_BYTES];
          ByteBuffer.wrap(packed)
              .put(UUID_FOLLOWS)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits());
          return packed;
        }
      } catch (IllegalArgumentException e) {
        // Another id of the same length.
      }
    }
    byte[] letters = utf8(id);
    if (letters.length < LENGTH_FOLLOWS) {
      byte[] packed = new byte[1 + letters.length];
      ByteBuffer.wrap(packed).put((byte) letters.length).put(letters);
      return packed;
    }
    byte[] packed = new byte[1 + 4 + letters.length];
    ByteBuffer.wrap(packed).put(LENGTH_FOLLOWS).putInt(letters.length).put(letters);
    return packed;
  }

  private static String readId(ByteBuffer from) {
    byte length = from.get();
    return switch (length) {
      case UUID_FOLLOWS -> new UUID(from.getLong(), from.getLong()).toString();
      case LENGTH_FOLLOWS -> readText(from);
      default -> readText(from, length);
    };
  }
}
