package io.fengda.conversation.model;

/** How far the turn of a customer's message has come. */
public enum Outcome {
  OPEN,
  ANSWER,
  FALLBACK,
  CANCELLED
}
