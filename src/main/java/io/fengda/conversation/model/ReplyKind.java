package io.fengda.conversation.model;

/** Why a turn got the reply it got. Everything but an answer ends the turn as a fallback. */
public enum ReplyKind {
  ANSWER,
  /** The vendor does not know. */
  NO_ANSWER,
  /** The vendor asks for a human. */
  HAND_OVER,
  /** The vendor does not answer such a question. */
  REFUSED,
  /** The vendor's final event did not come in its time, the deadline at the latest. */
  VENDOR_TIMEOUT,
  /** The vendor could not be reached, failed too often just now, or has as many calls as it may. */
  VENDOR_UNAVAILABLE,
  /** The vendor answered with an error. */
  VENDOR_ERROR,
  /** The vendor broke its contract: no final event, one too many, or beyond a limit. */
  VENDOR_INVALID,
  /** The tenant has no vendor. */
  NO_VENDOR,
  /** The deadline passed without a result. */
  DEADLINE,
  /** The turn was too old when it was taken up again. */
  ABANDONED;

  public Outcome outcome() {
    return this == ANSWER ? Outcome.ANSWER : Outcome.FALLBACK;
  }
}
