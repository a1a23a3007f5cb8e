package io.fengda.tenant;

/** What becomes of a customer's message that arrives while a turn is open. */
public enum OverlapPolicy {
  /** It waits, and is a turn of its own afterwards. */
  QUEUE
}
