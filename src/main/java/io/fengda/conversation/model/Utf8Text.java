package io.fengda.conversation.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text as it lies in memory and on the wire: UTF-8, decoded only where somebody reads it. The
 * context of a turn goes through the engine so: up to 200 texts a query, of which it reads none.
 * Immutable.
 */
public final class Utf8Text {
  private final byte[] bytes;
  private final int from;
  private final int length;

  private Utf8Text(byte[] bytes, int from, int length) {
    this.bytes = bytes;
    this.from = from;
    this.length = length;
  }

  public static Utf8Text of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A text of valid UTF-8 that nobody changes from now on. */
  public static Utf8Text of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** Part of an array that nobody changes from now on. */
  static Utf8Text of(byte[] bytes, int from, int length) {
    return new Utf8Text(bytes, from, length);
  }

  /** A copy. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Utf8Text that
        && Arrays.equals(
            bytes, from, from + length, that.bytes, that.from, that.from + that.length);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** The text itself. */
  @Override
  public String toString() {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }
}
