package io.fengda.conversation.model;

/**
 * One attempt at answering a turn: random, made by the entity, in every query, delta and result.
 */
public record AttemptId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
