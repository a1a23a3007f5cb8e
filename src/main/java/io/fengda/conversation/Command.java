package io.fengda.conversation;

import akka.Done;
import akka.actor.typed.ActorRef;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.WorkReport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a conversation's entity can be asked. */
sealed interface Command {

  /** Commands that may come from another node. */
  sealed interface Remote extends Command, CborSerializable {}

  /**
   * A customer says something.
   *
   * @param awaitEnd whether the receipt is to wait for the end of the turn
   * @param again whether it was sent before and may be in the journal
   */
  record Receive(
      Input.Receive input, boolean awaitEnd, boolean again, ActorRef<? super Receipt> replyTo)
      implements Remote {
    Receive(Input.Receive input, boolean awaitEnd, ActorRef<? super Receipt> replyTo) {
      this(input, awaitEnd, false, replyTo);
    }

    /** The same, sent once more. */
    Receive sentAgain() {
      return new Receive(input, awaitEnd, true, replyTo);
    }
  }

  record DeliverDelta(Input.Delta input) implements Remote {}

  /**
   * Answered when the result was written or is known to change nothing.
   *
   * @param worked how long the worker had the query; null where nobody says
   * @param work what the worker did; null where an older node does not say
   */
  record DeliverResult(
      Input.Result input,
      @Nullable Duration worked,
      @Nullable WorkReport work,
      ActorRef<Done> replyTo)
      implements Remote {}

  record Stop(ActorRef<Done> replyTo) implements Remote {}

  /**
   * Forget everything.
   *
   * @param ifLast only if this is the number of the newest event; 0: whatever the newest is
   */
  record Erase(long ifLast, ActorRef<Erased> replyTo) implements Remote {}

  /**
   * Look whether a turn is open that nobody works on.
   *
   * @param journalSeqNr the newest event that the sender found in the journal: an entity that knows
   *     less recovered before a write landed, and has to recover again
   */
  record Wake(long journalSeqNr) implements Remote {}

  /** The messages after a position, if memory reaches back to it. */
  record Read(long after, int limit, ActorRef<Page> replyTo) implements Remote {}

  /**
   * Begins or renews a lease: the watcher is told what it misses, and then what happens.
   *
   * @param after the last message the watcher has
   * @param open the messages it has whose turns it takes for open
   * @param attempt the attempt of which it has a partial answer, if it has one
   * @param offset how much of it, in Unicode code points
   */
  record Watch(
      long after,
      List<Long> open,
      @Nullable AttemptId attempt,
      int offset,
      ActorRef<? super Update> watcher)
      implements Remote {}

  /** How did the turn of a customer's message go? */
  record Explain(long seq, ActorRef<Explained> replyTo) implements Remote {}

  record Unwatch(ActorRef<? super Update> watcher) implements Remote {}

  /** The deadline of an attempt, and its grace, passed. */
  record DeadlinePassed(AttemptId attempt) implements Command {}

  /**
   * Part of a conversation's log.
   *
   * @param inMemory whether memory reaches back to where the page starts; if not, it is empty
   * @param firstSeq where the whole log begins
   * @param lastSeq the newest message of the whole log
   */
  record Page(List<Message> messages, boolean inMemory, long firstSeq, long lastSeq)
      implements CborSerializable {}

  /** The answer to {@link Explain}; null where it is not known, or not known any more. */
  record Explained(@Nullable TurnReport report) implements CborSerializable {}

  /**
   * The answer to {@link Erase}.
   *
   * @param seqNr the events before this number are to be deleted; 0 where nothing was erased
   */
  record Erased(long seqNr) implements CborSerializable {}
}
