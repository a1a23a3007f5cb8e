package io.fengda.conversation.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What tells two texts apart: the first eight bytes of the SHA-256 of the text's UTF-8.
 *
 * <p>It finds a sender that uses one message id for two texts; it is no defence against one who
 * looks for collisions, who could only harm a conversation of their own.
 */
public record Digest(long value) {

  public static Digest of(String text) {
    return new Digest(sha256(text).getLong());
  }

  /** The SHA-256 of the text's UTF-8, to be read from its start. */
  static ByteBuffer sha256(String text) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
