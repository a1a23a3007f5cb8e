package io.fengda.chaos;

/**
 * A promise that was not kept.
 *
 * @param messageId of the message that it is about; empty where it is about none
 */
record Violation(Rule rule, String conversation, String messageId, String detail) {

  /** What the engine promises its clients. */
  enum Rule {
    /** A message that was acknowledged is in the history, where the acknowledgement says. */
    LOST,
    /** A message is in the history once, however often it was sent. */
    DOUBLED,
    /** Nothing is in the history that nobody said. */
    INVENTED,
    /** A message is always acknowledged with the same seq. */
    TWO_SEQS,
    /** The seqs of the history are 1, 2, 3… */
    GAP,
    /** What was acknowledged before another was sent comes before it; a reply after its message. */
    ORDER,
    /** Every turn has ended. */
    NOT_ENDED,
    /** No turn has ended twice. */
    ENDED_TWICE,
    /** A message has the text that was sent. */
    TEXT,
    /** An answer is the one to this message. */
    WRONG_ANSWER,
    /** The client was told the end that is in the history. */
    OTHER_END,
    /** A watcher gets every message. */
    MISSED,
    /** A watcher gets no message again, nor an older one after it. */
    REPEATED,
    /** A watcher gets the messages that are in the history. */
    OTHER_MESSAGE
  }
}
