package io.fengda.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded service that did not start; the message is one line that says what to do. */
public final class EmbeddedStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private EmbeddedStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static EmbeddedStartException of(String message) {
    return new EmbeddedStartException(oneLine(message), null);
  }

  static EmbeddedStartException of(String message, Throwable cause) {
    return new EmbeddedStartException(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
