package io.fengda.conversation.model;

import io.fengda.tenant.IdForm;

/** The person who chats, within one tenant. {@code [A-Za-z0-9_.@+-]{1,64}}. */
public record CustomerId(String value) {
  private static final IdForm GRAMMAR = new IdForm("A-Za-z0-9_.@+-", 64);

  public CustomerId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("customer id not of the form " + GRAMMAR + ": " + value);
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
