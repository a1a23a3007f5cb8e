package io.fengda;

/** A node can not start; the message is one line that names the setting and what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }

  public StartException(String message) {
    super(message);
  }
}
