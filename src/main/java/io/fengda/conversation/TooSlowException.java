package io.fengda.conversation;

/** A reader did not keep up with its conversation. */
public final class TooSlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooSlowException(int bufferMax) {
    super("more than %d updates wait for the reader".formatted(bufferMax));
  }
}
