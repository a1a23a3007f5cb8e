package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Phase.TurnOpen;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A conversation as its events tell it. Attempts, deltas, watchers and timers are not part of it:
 * they live in memory and die with the entity.
 *
 * <table>
 *   <caption>Transitions</caption>
 *   <tr><th>event</th><th>Idle</th><th>TurnOpen</th></tr>
 *   <tr><td>MessageReceived</td><td>TurnOpen</td>
 *       <td>TurnOpen, one more in the turn or waiting</td></tr>
 *   <tr><td>ReplyGenerated, TurnCancelled</td><td>(bug)</td>
 *       <td>TurnOpen with the first waiting message, else Idle</td></tr>
 *   <tr><td>ConversationErased</td><td>Idle</td><td>Idle</td></tr>
 * </table>
 *
 * @param firstSeq where the log begins: 1, or behind the last erasure
 * @param nextSeq the seq of the next message
 */
public record Conversation(
    long firstSeq, long nextSeq, RecentIds recentIds, Transcript transcript, Phase phase) {
  private static final Conversation NEW =
      new Conversation(1, 1, RecentIds.none(), Transcript.empty(), new Idle());

  /** A conversation in which nothing was said yet. */
  public static Conversation empty() {
    return NEW;
  }

  /** Whether nothing was ever said here, or all of it was erased. */
  public boolean hasNoMessages() {
    return nextSeq == firstSeq;
  }

  /** Whether every message after {@code seq} is in the transcript. */
  public boolean remembersAllAfter(long seq) {
    long next = Math.max(seq + 1, firstSeq);
    return next >= nextSeq || transcript.find(next).isPresent();
  }

  /**
   * The conversation after the event.
   *
   * @throws IllegalStateException if the event cannot follow: a bug, or a journal of two writers
   */
  public Conversation apply(ConversationEvent event, ModelLimits limits) {
    Conversation next = applied(event, limits);
    if (event.leavesTurnOpen() != (next.phase() instanceof TurnOpen)) {
      throw new IllegalStateException(
          "%s says that a turn is open: %s".formatted(event.getClass(), event.leavesTurnOpen()));
    }
    return next;
  }

  private Conversation applied(ConversationEvent event, ModelLimits limits) {
    return switch (event) {
      case MessageReceived received -> received(received, limits);
      case ReplyGenerated generated -> replied(generated, limits);
      case TurnCancelled cancelled -> cancelled(cancelled);
      case ConversationErased erased ->
          new Conversation(
              erased.nextSeq(), erased.nextSeq(), RecentIds.none(), Transcript.empty(), new Idle());
    };
  }

  private Conversation received(MessageReceived event, ModelLimits limits) {
    requireNext(event.seq(), event);
    Pending pending = new Pending(event.seq(), event.language(), event.trace());
    TurnOpen open =
        switch (phase) {
          case Idle idle -> new TurnOpen(new Turn(List.of(pending), event.at()), List.of());
          case TurnOpen(Turn turn, List<Pending> waiting) ->
              event.joinsTurn()
                  ? new TurnOpen(new Turn(plus(turn.messages(), pending), turn.openedAt()), waiting)
                  : new TurnOpen(turn, plus(waiting, pending));
        };
    Message message =
        new Message.FromCustomer(
            event.seq(), event.messageId(), event.text(), event.at(), Outcome.OPEN);
    return new Conversation(
        firstSeq,
        nextSeq + 1,
        recentIds.plus(event.messageId(), event.digest(), event.seq(), limits.recentIdsMax()),
        transcript.plus(message, limits, open.turn().messages().getFirst().seq()),
        open);
  }

  private Conversation replied(ReplyGenerated event, ModelLimits limits) {
    Message.Reply reply = event.reply();
    requireNext(reply.seq(), event);
    TurnOpen open = requireOpen(reply.covers(), event);
    Phase next = next(open, event.at());
    return new Conversation(
        firstSeq,
        nextSeq + 1,
        recentIds.ended(reply.covers(), reply.kind().outcome(), reply.seq()),
        transcript
            .ended(reply.covers(), reply.kind().outcome())
            .plus(reply, limits, firstOpenSeq(next)),
        next);
  }

  private Conversation cancelled(TurnCancelled event) {
    TurnOpen open = requireOpen(event.covers(), event);
    return new Conversation(
        firstSeq,
        nextSeq,
        recentIds.ended(event.covers(), Outcome.CANCELLED, 0),
        transcript.ended(event.covers(), Outcome.CANCELLED),
        next(open, event.at()));
  }

  private static Phase next(TurnOpen ended, Instant at) {
    List<Pending> waiting = ended.waiting();
    return waiting.isEmpty()
        ? new Idle()
        : new TurnOpen(
            new Turn(List.of(waiting.getFirst()), at), waiting.subList(1, waiting.size()));
  }

  private static long firstOpenSeq(Phase phase) {
    return switch (phase) {
      case Idle idle -> Long.MAX_VALUE;
      case TurnOpen open -> open.turn().messages().getFirst().seq();
    };
  }

  private static List<Pending> plus(List<Pending> waiting, Pending last) {
    return Stream.concat(waiting.stream(), Stream.of(last)).toList();
  }

  private void requireNext(long seq, ConversationEvent event) {
    if (seq != nextSeq) {
      throw new IllegalStateException("seq %d expected: %s".formatted(nextSeq, event.getClass()));
    }
  }

  private TurnOpen requireOpen(List<Long> covers, ConversationEvent event) {
    if (phase instanceof TurnOpen open && open.turn().seqs().equals(covers)) {
      return open;
    }
    throw new IllegalStateException(
        "%s ends %s, but the phase is %s".formatted(event.getClass(), covers, phase));
  }
}
