package io.fengda.conversation.model;

import java.util.regex.Pattern;

/** The sender's name for a message, and its idempotency key. {@code [A-Za-z0-9_.-]{1,64}}. */
public record MessageId(String value) {
  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  public MessageId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("message id not of the form " + GRAMMAR + ": " + value);
    }
  }

  public static boolean isValid(String value) {
    return GRAMMAR.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
