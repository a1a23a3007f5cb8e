package io.fengda.tenant;

/** What becomes of a customer's message that arrives while a turn is open. */
public enum OverlapPolicy {
  /** It waits, and is a turn of its own afterwards. */
  QUEUE,
  /**
   * It joins the open turn, which is asked anew with all its messages; beyond the bound it waits.
   */
  MERGE,
  /** It takes the place of the open turn, which is cancelled. */
  INTERRUPT,
  /** It is refused. */
  REJECT;

  /** Whether a message may bring a query while a turn is open. */
  public boolean asksAnew() {
    return this == MERGE || this == INTERRUPT;
  }
}
