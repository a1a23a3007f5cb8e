package io.fengda.conversation.model;

/** How a message came in. */
public enum Channel {
  REST,
  WEBSOCKET
}
