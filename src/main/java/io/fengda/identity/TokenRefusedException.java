package io.fengda.identity;

/** A token proves nothing; the message says why, and nothing of any key. */
public final class TokenRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TokenRefusedException(String message) {
    super(message, null, false, false);
  }
}
