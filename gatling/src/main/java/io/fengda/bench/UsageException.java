package io.fengda.bench;

/** What was asked for can not be done; the message says why, to whoever asked. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
