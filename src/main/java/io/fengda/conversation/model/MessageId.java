package io.fengda.conversation.model;

import io.fengda.tenant.IdForm;

/** The sender's name for a message, and its idempotency key. {@code [A-Za-z0-9_.-]{1,64}}. */
public record MessageId(String value) {
  private static final IdForm GRAMMAR = new IdForm("A-Za-z0-9_.-", 64);

  public MessageId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("message id not of the form " + GRAMMAR + ": " + value);
    }
  }

  public static boolean isValid(String value) {
    return GRAMMAR.matches(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
