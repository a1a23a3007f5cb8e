package io.fengda.conversation.model;

/** Why a message is not taken. */
public enum Refusal {
  /** The same message id came before with another text. */
  ID_REUSED,
  /** As many messages wait as may. */
  BUSY,
  /** A turn is open and the tenant's policy is to refuse. */
  TURN_OPEN,
  /** The tenant has as many open turns as it may. */
  TENANT_OPEN_TURNS,
  /** The conversation was erased before the message's turn ended. */
  ERASED,
  /** The node has as many open turns as it may, or no way to hand out queries. */
  OVERLOADED
}
