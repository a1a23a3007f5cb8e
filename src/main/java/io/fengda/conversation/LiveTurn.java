package io.fengda.conversation;

import akka.actor.Cancellable;
import akka.actor.typed.javadsl.ActorContext;
import io.fengda.conversation.model.Attempt;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Decision;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.conversation.model.Refusal;
import io.fengda.conversation.model.TurnRules;
import io.fengda.conversation.model.WorkReport;
import io.fengda.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an entity holds in memory only and loses when it dies: the live attempt and its timer, those
 * who watch, those who wait for the end of a turn, and the place among the node's open turns. Used
 * by one entity, in its thread.
 */
final class LiveTurn {
  private final ConversationId id;
  private final EntityContext shared;
  private final ActorContext<Command> context;
  private final Watchers watchers;
  private final Askers askers = new Askers();
  private final TurnPlace place;
  private @Nullable Attempt attempt;
  private @Nullable Cancellable deadline;
  private @Nullable TurnTimeline timeline;

  LiveTurn(ConversationId id, EntityContext shared, ActorContext<Command> context) {
    this.id = id;
    this.shared = shared;
    this.context = context;
    this.watchers = new Watchers(shared.settings());
    this.place = new TurnPlace(id, shared);
  }

  @Nullable Attempt attempt() {
    return attempt;
  }

  /** Makes sure that the node has room for a turn of this conversation; says why it has not. */
  Optional<Refusal> takePlace(Conversation conversation, Instant now) {
    boolean open = conversation.phase() instanceof TurnOpen;
    boolean needsQuery = !open || shared.tenant(id.tenant()).overlap().asksAnew();
    if (needsQuery && !shared.queries().hasRoom()) {
      return Optional.of(Refusal.OVERLOADED);
    }
    return open || place.isHeld() ? Optional.empty() : place.take(now);
  }

  /** A turn was open when the entity recovered; whether it is too old is for the wake to say. */
  void expectWake(TurnOpen open) {
    shared.metrics().redriven();
    place.hold();
    place.awaitWake();
    timeline = TurnTimeline.recovered(open.turn());
  }

  void woken() {
    place.woken();
  }

  /** Tells the sender of a new message that it is in the journal, or lets them wait for the end. */
  void accept(Command.Receive receive, MessageReceived received, Instant now) {
    shared.stories().committed(id, received.at(), now);
    timeline().accepted(receive, received, now);
    if (receive.awaitEnd()) {
      askers.add(received.seq(), receive);
      return;
    }
    receive
        .replyTo()
        .tell(new Receipt.Accepted(received.messageId(), received.seq(), false, opened(received)));
  }

  private TurnTimeline timeline() {
    TurnTimeline known = timeline;
    if (known == null) {
      known = TurnTimeline.begin();
      timeline = known;
    }
    return known;
  }

  /** Tells the sender of a known message what became of it, or lets them wait for the end. */
  void repeat(Conversation conversation, Command.Receive receive, Known known) {
    if (!receive.awaitEnd()) {
      receive
          .replyTo()
          .tell(
              new Receipt.Accepted(
                  receive.input().messageId(), known.seq(), true, said(conversation, known.seq())));
    } else if (known.outcome() == Outcome.OPEN) {
      askers.add(known.seq(), receive);
    } else {
      tellEnd(conversation, receive, known.seq(), known.outcome(), known.replySeq());
    }
  }

  /** Tells everyone what the events brought, and begins the attempt that the state then lacks. */
  void applied(Conversation conversation, List<ConversationEvent> events, Instant now) {
    events.forEach(event -> tellAll(conversation, event, now));
    if (TurnRules.needsAttempt(conversation, attempt)) {
      if (!place.awaitsWake()) {
        beginAttempt(conversation, now);
      }
    } else if (!(conversation.phase() instanceof TurnOpen)) {
      endAttempt();
      place.leave();
    }
  }

  private void tellAll(Conversation conversation, ConversationEvent event, Instant now) {
    switch (event) {
      case MessageReceived received -> {
        if (received.joinsTurn()) {
          cancelAttempt();
        }
        watchers.tell(new Update.Appended(opened(received)), now);
      }
      case ReplyGenerated generated -> {
        Message.Reply reply = generated.reply();
        shared.metrics().turnEnded(id.tenant().value(), reply.kind().name());
        place.replied(now);
        watchers.tell(new Update.Appended(reply), now);
        turnEnded(conversation, reply.covers(), reply.kind().outcome(), reply.seq(), now);
        ended(timeline().replied(reply, now));
      }
      case TurnCancelled cancelled -> {
        shared.metrics().turnEnded(id.tenant().value(), cancelled.reason().name());
        cancelAttempt();
        turnEnded(conversation, cancelled.covers(), Outcome.CANCELLED, 0, now);
        ended(timeline().cancelled(cancelled, now));
      }
      case ConversationErased erased -> {
        cancelAttempt();
        timeline = null;
        shared.stories().erased(id);
        watchers.tell(new Update.Erased(erased.nextSeq()), now);
        askers.removeAll().forEach(LiveTurn::tellErased);
      }
    }
  }

  private void ended(TurnReport report) {
    if (timeline().isOver()) {
      timeline = null;
    }
    shared.stories().ended(id, report);
  }

  private void turnEnded(
      Conversation conversation, List<Long> seqs, Outcome outcome, long replySeq, Instant now) {
    watchers.tell(new Update.TurnEnded(seqs, outcome), now);
    for (long seq : seqs) {
      askers.remove(seq).forEach(asker -> tellEnd(conversation, asker, seq, outcome, replySeq));
    }
  }

  private static void tellErased(Command.Receive asker) {
    asker.replyTo().tell(new Receipt.Rejected(asker.input().messageId(), Refusal.ERASED));
  }

  private static void tellEnd(
      Conversation conversation, Command.Receive asker, long seq, Outcome outcome, long replySeq) {
    asker
        .replyTo()
        .tell(
            new Receipt.Ended(
                asker.input().messageId(),
                seq,
                outcome,
                said(conversation, seq),
                replySeq,
                reply(conversation, replySeq)));
  }

  /** Publishes a query for the open turn, with a fresh deadline. */
  void beginAttempt(Conversation conversation, Instant now) {
    if (!(conversation.phase() instanceof TurnOpen open)) {
      throw new IllegalStateException("no turn is open in " + id);
    }
    place.hold();
    Tenant tenant = shared.tenant(id.tenant());
    Attempt begun =
        Attempt.begin(
            new AttemptId(shared.newId()), open.turn().seqs(), now.plus(tenant.deadline()));
    attempt = begun;
    place.attempted(now);
    startDeadline(begun.id(), tenant.deadline().plus(shared.settings().deadlineGrace()));
    Query query = query(conversation, open.turn(), begun);
    timeline().began(open.turn(), query, conversation.transcript().textBytes(), now);
    if (!shared.queries().publish(query)) {
      shared.metrics().recordLost("fengda.queries.text", "no-room");
    }
  }

  /**
   * Tells the entity when the time is over, and of which attempt: it may be on its way already when
   * the next one begins. A {@code TimerScheduler} would see to that, and cost each conversation in
   * memory 40 bytes.
   */
  private void startDeadline(AttemptId begun, Duration wait) {
    cancelDeadline();
    deadline = context.scheduleOnce(wait, context.getSelf(), new Command.DeadlinePassed(begun));
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private Query query(Conversation conversation, Turn turn, Attempt begun) {
    return new Query(
        id,
        begun.id(),
        begun.covers().stream().map(seq -> question(conversation, seq)).toList(),
        conversation.transcript().context(),
        turn.language(),
        begun.deadline(),
        turn.trace());
  }

  /** What is open is in the transcript. */
  private static Query.Question question(Conversation conversation, long seq) {
    return new Query.Question(seq, conversation.transcript().find(seq).orElseThrow().text());
  }

  /**
   * The attempt came back from its worker.
   *
   * @param had how long the worker had it; null where nobody says
   * @param work what the worker did; null where an older one does not say
   */
  void returned(
      AttemptId returned, @Nullable Duration had, @Nullable WorkReport work, Instant now) {
    if (attempt != null && attempt.id().equals(returned)) {
      place.returned(had);
    }
    if (timeline != null) {
      timeline.returned(returned, work, now);
    }
  }

  private void cancelAttempt() {
    if (attempt != null) {
      shared.queries().cancel(attempt.id(), attempt.deadline());
      endAttempt();
    }
  }

  private void endAttempt() {
    attempt = null;
    place.forgetTime();
    cancelDeadline();
  }

  /** Keeps the longer partial answer, and tells its news. */
  void extend(Decision.Extend extend, Instant now) {
    attempt = extend.attempt();
    watchers.tell(
        new Update.Extended(
            extend.attempt().replyTo(),
            extend.attempt().id(),
            extend.news().offset(),
            extend.news().text()),
        now);
  }

  /** Renews a lease and tells the watcher what it misses. */
  void watch(Conversation conversation, Command.Watch watch, Instant now) {
    watchers.renew(watch.watcher(), now);
    if (!conversation.remembersAllAfter(watch.after())) {
      watch.watcher().tell(new Update.Behind(conversation.firstSeq()));
      return;
    }
    watch
        .watcher()
        .tell(
            new Update.CaughtUp(
                conversation.firstSeq(),
                conversation.nextSeq() - 1,
                conversation.transcript().after(watch.after()).stream()
                    .map(Update.Appended::new)
                    .toList(),
                watch.open().stream().flatMap(seq -> ending(conversation, seq).stream()).toList(),
                openSeqs(conversation),
                partial(watch)));
  }

  void unwatch(Command.Unwatch unwatch) {
    watchers.remove(unwatch.watcher());
  }

  /** Everyone who waits is told to ask again. */
  void stop() {
    cancelDeadline();
    askers
        .removeAll()
        .forEach(asker -> asker.replyTo().tell(new Receipt.Unknown(asker.input().messageId())));
    place.leave();
  }

  private static Optional<Update.TurnEnded> ending(Conversation conversation, long seq) {
    return conversation
        .transcript()
        .find(seq)
        .map(Message.FromCustomer.class::cast)
        .filter(said -> said.outcome() != Outcome.OPEN)
        .map(said -> new Update.TurnEnded(List.of(seq), said.outcome()));
  }

  private static List<Long> openSeqs(Conversation conversation) {
    return switch (conversation.phase()) {
      case Idle idle -> List.of();
      case TurnOpen open ->
          Stream.concat(open.turn().messages().stream(), open.waiting().stream())
              .map(Pending::seq)
              .toList();
    };
  }

  private Update.@Nullable Extended partial(Command.Watch watch) {
    if (attempt == null) {
      return null;
    }
    boolean same = attempt.id().equals(watch.attempt());
    int from = same ? Math.min(watch.offset(), attempt.partialCodePoints()) : 0;
    return from == attempt.partialCodePoints()
        ? null
        : new Update.Extended(attempt.replyTo(), attempt.id(), from, textFrom(attempt, from));
  }

  private static String textFrom(Attempt attempt, int codePoints) {
    return attempt.partialText().substring(attempt.partialText().offsetByCodePoints(0, codePoints));
  }

  private static Message.FromCustomer opened(MessageReceived received) {
    return new Message.FromCustomer(
        received.seq(), received.messageId(), received.text(), received.at(), Outcome.OPEN);
  }

  private static Message.@Nullable FromCustomer said(Conversation conversation, long seq) {
    return (Message.FromCustomer) conversation.transcript().find(seq).orElse(null);
  }

  private static Message.@Nullable Reply reply(Conversation conversation, long seq) {
    return (Message.Reply) conversation.transcript().find(seq).orElse(null);
  }
}
