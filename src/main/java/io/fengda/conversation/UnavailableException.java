package io.fengda.conversation;

/**
 * A conversation could not be reached, or its journal not be read, within the time. What became of
 * a message is not known: it is to be sent again with the same id.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  UnavailableException(String message) {
    super(message);
  }
}
