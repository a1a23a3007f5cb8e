package io.fengda.conversation.model;

/** Why a turn ended without a reply. */
public enum CancelReason {
  /** The customer asked to stop. */
  STOPPED,
  /** The customer's next message took its place (overlap policy {@code interrupt}). */
  INTERRUPTED
}
