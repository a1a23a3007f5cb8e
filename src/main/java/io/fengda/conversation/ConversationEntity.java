package io.fengda.conversation;

import akka.Done;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Decision;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.conversation.model.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One conversation as an actor: it asks {@link io.fengda.conversation.model.TurnRules} what to do,
 * writes the journal first, and only then replies. All rules are there; here are the journal, the
 * clock, and the {@link LiveTurn} with those who wait.
 */
final class ConversationEntity
    extends EventSourcedBehavior<Command, ConversationEvent, Conversation> {
  static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "Conversation");

  /** Tags the rows after which a turn is unfinished. */
  static final String OPEN_TAG = "open";

  /** Tags an erasure until the rows before it are deleted. */
  static final String ERASED_TAG = "erased";

  private final ConversationId id;
  private final EntityContext shared;
  private final ActorContext<Command> context;
  private final LiveTurn live;
  private Command.@Nullable Receive persisting;
  private boolean isStarted;

  private ConversationEntity(
      ConversationId id, EntityContext shared, ActorContext<Command> context) {
    super(PersistenceId.of(TYPE.name(), id.entityId()));
    this.id = id;
    this.shared = shared;
    this.context = context;
    this.live = new LiveTurn(id, shared, context);
  }

  static Behavior<Command> create(String entityId, EntityContext shared) {
    ConversationId id = ConversationId.parse(entityId);
    return Behaviors.setup(context -> new ConversationEntity(id, shared, context));
  }

  @Override
  public Conversation emptyState() {
    return Conversation.empty();
  }

  @Override
  public EventHandler<Conversation, ConversationEvent> eventHandler() {
    return (conversation, event) -> conversation.apply(event, shared.settings().limits());
  }

  @Override
  public Set<String> tagsFor(ConversationEvent event) {
    if (event instanceof ConversationErased) {
      return Set.of(ERASED_TAG);
    }
    return event.leavesTurnOpen() ? Set.of(OPEN_TAG) : Set.of();
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(shared.settings().snapshotEvery(), 1);
  }

  @Override
  public CommandHandler<Command, ConversationEvent, Conversation> commandHandler() {
    return (conversation, command) ->
        switch (command) {
          case Command.Receive receive -> onReceive(conversation, receive);
          case Command.DeliverDelta deliver -> onInput(conversation, deliver.input(), () -> {});
          case Command.DeliverResult deliver -> onResult(conversation, deliver);
          case Command.Stop stop ->
              onInput(
                  conversation, new Input.Stop(), () -> stop.replyTo().tell(Done.getInstance()));
          case Command.Erase erase -> onErase(conversation, erase);
          case Command.Wake wake -> onWake(conversation, wake);
          case Command.DeadlinePassed passed ->
              onInput(conversation, new Input.Deadline(passed.attempt()), () -> {});
          case Command.Read read -> onRead(conversation, read);
          case Command.Explain explain -> onExplain(conversation, explain);
          case Command.Watch watch -> onWatch(conversation, watch);
          case Command.Unwatch unwatch -> onUnwatch(unwatch);
        };
  }

  @Override
  public SignalHandler<Conversation> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(PostStop.instance(), this::onStopped)
        .build();
  }

  /** A turn that was open when the entity last stopped is taken up again. */
  private void onRecovered(Conversation conversation) {
    shared.shards().started(id);
    isStarted = true;
    if (conversation.phase() instanceof TurnOpen open) {
      live.expectWake(open);
      context.getSelf().tell(new Command.Wake(0));
    }
  }

  /** Whoever still waits sends again with the same id, and then learns what became of it. */
  private void onStopped(Conversation conversation) {
    if (isStarted) {
      shared.shards().stopped(id);
    }
    if (persisting != null) {
      persisting.replyTo().tell(new Receipt.Unknown(persisting.input().messageId()));
    }
    live.stop();
    if (conversation.phase() instanceof TurnOpen) {
      shared.leaving().accept(id);
    }
  }

  private Effect<ConversationEvent, Conversation> onReceive(
      Conversation conversation, Command.Receive receive) {
    return switch (decide(conversation, receive.input())) {
      case Decision.Repeat(Known known) -> repeat(conversation, receive, known);
      case Decision.Refuse(Refusal refusal) -> refuse(receive, refusal);
      case Decision.Persist persist -> {
        Optional<Refusal> noPlace = live.takePlace(conversation, now());
        if (noPlace.isPresent()) {
          yield refuse(receive, noPlace.get());
        }
        persisting = receive;
        yield persist(persist, () -> accept(receive, persist));
      }
      case Decision.Extend extend -> throw unexpected(receive.input(), extend);
      case Decision.BeginAttempt begin -> throw unexpected(receive.input(), begin);
      case Decision.Ignore ignore -> throw unexpected(receive.input(), ignore);
    };
  }

  private Effect<ConversationEvent, Conversation> repeat(
      Conversation conversation, Command.Receive receive, Known known) {
    live.repeat(conversation, receive, known);
    return Effect().none();
  }

  private Effect<ConversationEvent, Conversation> refuse(Command.Receive receive, Refusal refusal) {
    shared.metrics().refused(id.tenant().value(), refusal.name());
    receive.replyTo().tell(new Receipt.Rejected(receive.input().messageId(), refusal));
    return Effect().none();
  }

  private void accept(Command.Receive receive, Decision.Persist persist) {
    persisting = null;
    persist.events().stream()
        .filter(MessageReceived.class::isInstance)
        .map(MessageReceived.class::cast)
        .forEach(received -> live.accept(receive, received, now()));
  }

  private Effect<ConversationEvent, Conversation> onResult(
      Conversation conversation, Command.DeliverResult deliver) {
    live.returned(deliver.input().attempt(), deliver.worked(), deliver.work(), now());
    return onInput(conversation, deliver.input(), () -> deliver.replyTo().tell(Done.getInstance()));
  }

  private Effect<ConversationEvent, Conversation> onInput(
      Conversation conversation, Input input, Runnable done) {
    return switch (decide(conversation, input)) {
      case Decision.Persist persist -> persist(persist, done);
      case Decision.Extend extend -> {
        live.extend(extend, now());
        yield Effect().none();
      }
      case Decision.BeginAttempt begin -> {
        live.beginAttempt(conversation, now());
        yield Effect().none();
      }
      case Decision.Ignore(Decision.Ignore.Reason reason) -> {
        shared.metrics().ignored(reason.name());
        done.run();
        yield Effect().none();
      }
      case Decision.Repeat repeat -> throw unexpected(input, repeat);
      case Decision.Refuse refuse -> throw unexpected(input, refuse);
    };
  }

  /** Writes; replies to who asked; tells those who watch and wait; begins what is to begin. */
  private Effect<ConversationEvent, Conversation> persist(
      Decision.Persist persist, Runnable written) {
    return Effect()
        .persist(persist.events())
        .thenRun(
            conversation -> {
              written.run();
              live.applied(conversation, persist.events(), now());
            });
  }

  private Effect<ConversationEvent, Conversation> onWake(
      Conversation conversation, Command.Wake wake) {
    if (wake.journalSeqNr() > lastSequenceNumber(context)) {
      return Effect().stop();
    }
    live.woken();
    return onInput(conversation, new Input.Wake(), () -> {});
  }

  /** Where the asker knows only of older events, the conversation is not silent: it stays. */
  private Effect<ConversationEvent, Conversation> onErase(
      Conversation conversation, Command.Erase erase) {
    long last = lastSequenceNumber(context);
    if (erase.ifLast() != 0 && erase.ifLast() != last) {
      erase.replyTo().tell(new Command.Erased(0));
      return Effect().none();
    }
    boolean empty = conversation.hasNoMessages();
    return onInput(
        conversation,
        new Input.Erase(),
        () -> erase.replyTo().tell(new Command.Erased(empty ? last : last + 1)));
  }

  private Effect<ConversationEvent, Conversation> onRead(
      Conversation conversation, Command.Read read) {
    long lastSeq = conversation.hasNoMessages() ? 0 : conversation.nextSeq() - 1;
    boolean inMemory = conversation.remembersAllAfter(read.after());
    read.replyTo()
        .tell(
            new Command.Page(
                inMemory ? conversation.transcript().after(read.after(), read.limit()) : List.of(),
                inMemory,
                conversation.firstSeq(),
                lastSeq));
    return Effect().none();
  }

  private Effect<ConversationEvent, Conversation> onExplain(
      Conversation conversation, Command.Explain explain) {
    explain
        .replyTo()
        .tell(
            new Command.Explained(
                shared
                    .stories()
                    .find(id, explain.seq())
                    .filter(report -> report.seqs().getFirst() >= conversation.firstSeq())
                    .orElse(null)));
    return Effect().none();
  }

  private Effect<ConversationEvent, Conversation> onWatch(
      Conversation conversation, Command.Watch watch) {
    live.watch(conversation, watch, now());
    return Effect().none();
  }

  private Effect<ConversationEvent, Conversation> onUnwatch(Command.Unwatch unwatch) {
    live.unwatch(unwatch);
    return Effect().none();
  }

  private Decision decide(Conversation conversation, Input input) {
    return shared
        .rulesOf(id.tenant())
        .decide(conversation, live.attempt(), input, now(), new AttemptId(shared.newId()));
  }

  private Instant now() {
    return shared.clock().instant();
  }

  private static IllegalStateException unexpected(Input input, Decision decision) {
    return new IllegalStateException(
        "the rules answer %s with %s".formatted(input.getClass(), decision.getClass()));
  }
}
