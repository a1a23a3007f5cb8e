package io.fengda.conversation.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;

/**
 * Something that was said before a query, in the form in which its vendor reads it: a {@code
 * ContextMessage} of {@code proto/fengda/nlp/v1}. It lies in memory so and goes through the engine
 * as it is, since a query has up to 200 of them and nobody on the way reads one.
 *
 * <pre>
 * 0x08, role      field 1, a varint
 * 0x12, length    field 2, bytes of UTF-8 that follow; a varint
 * text
 * </pre>
 */
public final class Said {
  private static final byte ROLE_TAG = 0x08;
  private static final int ROLE_AT = 1;
  private static final byte TEXT_TAG = 0x12;
  private static final int TEXT_TAG_AT = 2;
  private static final int LENGTH_AT = 3;
  private static final int VARINT_BITS = 7;
  private static final int VARINT_MASK = 0x7f;
  private static final int VARINT_MORE = 0x80;

  private Said() {}

  /** Who said it. */
  public enum Speaker {
    CUSTOMER(1),
    BOT(2);

    private final byte role;

    Speaker(int role) {
      this.role = (byte) role;
    }
  }

  public static ByteString of(Speaker by, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] said = new byte[encodedBytes(utf8.length)];
    put(by, utf8, ByteBuffer.wrap(said));
    return UnsafeByteOperations.unsafeWrap(said);
  }

  /**
   * Makes sure that a vendor can read what another node wrote, whose version may leave out an empty
   * text or add a field.
   *
   * @throws IllegalArgumentException if it can not
   * @throws IndexOutOfBoundsException if it is cut off
   */
  public static ByteString checked(ByteString said) {
    if (said.byteAt(0) != ROLE_TAG || !isKnown(said.byteAt(ROLE_AT))) {
      throw new IllegalArgumentException("said by nobody");
    }
    if (said.size() > TEXT_TAG_AT && said.byteAt(TEXT_TAG_AT) == TEXT_TAG) {
      int length = varint(said::byteAt, LENGTH_AT);
      int from = encodedBytes(length) - length;
      if (!said.substring(from, from + length).isValidUtf8()) {
        throw new IllegalArgumentException("a text that is not UTF-8");
      }
    }
    return said;
  }

  private static boolean isKnown(byte role) {
    return role == Speaker.CUSTOMER.role || role == Speaker.BOT.role;
  }

  static ByteBuffer put(Speaker by, byte[] text, ByteBuffer to) {
    to.put(ROLE_TAG).put(by.role).put(TEXT_TAG);
    int length = text.length;
    for (; length >= VARINT_MORE; length >>>= VARINT_BITS) {
      to.put((byte) (length | VARINT_MORE));
    }
    return to.put((byte) length).put(text);
  }

  /** Bytes of what {@link #put} writes for a text of so many. */
  static int encodedBytes(int textBytes) {
    int varint = 1;
    for (int rest = textBytes; rest >= VARINT_MORE; rest >>>= VARINT_BITS) {
      varint++;
    }
    return LENGTH_AT + varint + textBytes;
  }

  /** Bytes of the text that {@link #put} wrote there. */
  static int textBytes(byte[] memory, int at) {
    return varint(i -> memory[i], at + LENGTH_AT);
  }

  /** The text that {@link #put} wrote there. */
  static String text(byte[] memory, int at) {
    int length = textBytes(memory, at);
    return new String(memory, at + encodedBytes(length) - length, length, StandardCharsets.UTF_8);
  }

  private static int varint(IntUnaryOperator bytes, int from) {
    int value = 0;
    int shift = 0;
    for (int at = from; ; at++) {
      int next = bytes.applyAsInt(at);
      value |= (next & VARINT_MASK) << shift;
      if ((next & VARINT_MORE) == 0) {
        return value;
      }
      shift += VARINT_BITS;
    }
  }
}
