package io.fengda.conversation;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.typed.Cluster;
import akka.pattern.Patterns;
import akka.persistence.typed.PersistenceId;
import akka.stream.javadsl.Flow;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.WorkReport;
import io.fengda.quota.Leases;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.Spans;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The only door to the conversations. Thread-safe; never blocks.
 *
 * <p>What is asked here is asked again while the entity moves or recovers, always with the same id,
 * until its time is over; the stage then fails with {@link UnavailableException}, inside a {@link
 * CompletionException} where stages were composed.
 */
public final class Conversations {
  /** The cluster role of the nodes on which conversations live. */
  public static final String ROLE = "conversation";

  /** The type of the entities, in shard names and journal rows. */
  public static final String ENTITY_TYPE = ConversationEntity.TYPE.name();

  /** How soon nothing is told any more of a tenant that is gone. */
  private static final Duration FORGET_INTERVAL = Duration.ofSeconds(5);

  private static final Duration PAUSE_BEFORE_RETRY = Duration.ofMillis(200);

  private final ActorSystem<?> system;
  private final ClusterSharding sharding;
  private final ConversationSettings settings;
  private final History history;
  private final ErasedRows erasedRows;
  private final EntityContext shared;
  private final Clock clock;
  private final AtomicInteger channels = new AtomicInteger();

  private Conversations(
      ActorSystem<?> system,
      ConversationSettings settings,
      ErasedRows erasedRows,
      EntityContext shared) {
    this.system = system;
    this.sharding = ClusterSharding.get(system);
    this.settings = settings;
    this.history = History.create(system);
    this.erasedRows = erasedRows;
    this.shared = shared;
    this.clock = shared.clock();
  }

  /**
   * Opens the door; where this node has the role, conversations may live here.
   *
   * @param leases on the tenants' open turns
   */
  public static Conversations start(
      ActorSystem<?> system,
      ConversationSettings settings,
      Tenants tenants,
      Leases leases,
      Queries queries,
      ErasedRows erasedRows,
      Metrics metrics) {
    Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    OpenTurns openTurns = new OpenTurns(LoadLimit.of(settings, clock), new LeasedTurns(leases));
    LocalShards shards = LocalShards.of(system);
    metrics.openTurns(openTurns::count, openTurns::limit);
    metrics.conversations(shards::conversations);
    EntityContext shared =
        new EntityContext(
            settings,
            tenants,
            queries,
            openTurns,
            shards,
            metrics,
            new TurnStories(new RecentTurns(settings.explainedMax()), Spans.of(system), metrics),
            clock,
            () -> UUID.randomUUID().toString(),
            Wakers.start(system));
    Conversations conversations = new Conversations(system, settings, erasedRows, shared);
    metrics.channels(conversations.channels::get);
    var unusedForgetting =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                FORGET_INTERVAL,
                FORGET_INTERVAL,
                () -> shared.stories().keepOnly(tenant -> tenants.find(tenant).isPresent()),
                system.executionContext());
    var unused =
        conversations.sharding.init(
            Entity.of(
                    ConversationEntity.TYPE,
                    context ->
                        ConversationGate.create(context.getEntityId(), shared, context.getShard()))
                .withAllocationStrategy(Shards.allocation(system, settings.nodeSettlesIn(), clock))
                .withRole(ROLE));
    if (Cluster.get(system).selfMember().hasRole(ROLE)) {
      ActiveEntityLimit.watch(system, settings, shards)
          .ifPresent(limit -> metrics.conversationsLimit(limit::limit));
    }
    return conversations;
  }

  /**
   * Whether the conversation is known to live here and this node has all the turns it can answer in
   * time: a message is better refused than looked at. Costs next to nothing.
   */
  public boolean isOverloaded(ConversationId id, Tenant tenant) {
    return shared.shards().contain(id) && shared.openTurns().isFull(tenant);
  }

  /** Appends a message; done as soon as it is in the journal, or refused. */
  public CompletionStage<Receipt> receive(ConversationId id, Input.Receive message) {
    return this.<Receipt>ask(
            id,
            (again, replyTo) -> new Command.Receive(message, false, again, replyTo),
            Conversations::isKnown,
            settings.sendTimeout())
        .thenCompose(receipt -> completed(id, receipt));
  }

  /** Appends a message; done when its turn has ended, or refused. */
  public CompletionStage<Receipt> receiveAndAwaitEnd(ConversationId id, Input.Receive message) {
    return this.<Receipt>ask(
            id,
            (again, replyTo) -> new Command.Receive(message, true, again, replyTo),
            Conversations::isKnown,
            settings.turnTimeout())
        .thenCompose(receipt -> completed(id, receipt));
  }

  /** Cancels the open turn, if there is one. Asked once: another try could stop the next turn. */
  public CompletionStage<Done> stop(ConversationId id) {
    return Stages.direct(entity(id).<Done>ask(Command.Stop::new, settings.sendTimeout()))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    new UnavailableException("no answer from conversation " + id, failure)));
  }

  /** Forgets everything; done when no row of it is left. Asked again, it does no harm. */
  public CompletionStage<Done> erase(ConversationId id) {
    return erase(id, 0);
  }

  /**
   * Forgets a conversation whose retention is over, unless something happened since.
   *
   * @param lastSeqNr the number of the newest event that the asker knows
   */
  public CompletionStage<Done> expire(ConversationId id, long lastSeqNr) {
    return erase(id, lastSeqNr);
  }

  private CompletionStage<Done> erase(ConversationId id, long ifLast) {
    return this.<Command.Erased>ask(
            id,
            (again, replyTo) -> new Command.Erase(ifLast, replyTo),
            erased -> true,
            settings.sendTimeout())
        .thenCompose(
            erased ->
                erased.seqNr() == 0
                    ? CompletableFuture.completedStage(Done.getInstance())
                    : erasedRows.deleteBefore(persistenceId(id), erased.seqNr()))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    new UnavailableException("conversation " + id + " not erased", failure)));
  }

  /** Under which the journal has the conversation. */
  static String persistenceId(ConversationId id) {
    return PersistenceId.of(ENTITY_TYPE, id.entityId()).id();
  }

  /**
   * The first messages after a position.
   *
   * @param hasMore whether the log goes on behind them
   * @param lastSeq the newest message of the log; 0 where nothing was ever said
   */
  public record Page(List<Message> messages, boolean hasMore, long lastSeq) {}

  /** Reads part of the log, from memory where it reaches back, else from the journal. */
  public CompletionStage<Page> read(ConversationId id, long after, int limit) {
    return this.<Command.Page>ask(
            id,
            (again, replyTo) -> new Command.Read(after, limit, replyTo),
            page -> true,
            settings.sendTimeout())
        .thenCompose(
            page ->
                page.inMemory()
                    ? CompletableFuture.completedStage(page.messages())
                        .thenApply(messages -> toPage(messages, page.lastSeq()))
                    : journal(id, Math.max(after, page.firstSeq() - 1), limit)
                        .thenApply(messages -> toPage(messages, page.lastSeq())));
  }

  /**
   * How the turn of a customer's message went, if it ended lately and its conversation still lives
   * on the node where it did.
   */
  public CompletionStage<Optional<TurnReport>> explain(ConversationId id, long seq) {
    return this.<Command.Explained>ask(
            id,
            (again, replyTo) -> new Command.Explain(seq, replyTo),
            explained -> true,
            settings.sendTimeout())
        .thenApply(explained -> Optional.ofNullable(explained.report()));
  }

  /** A channel's live connection: the messages after a position, then whatever happens. */
  public Flow<ChannelInput, ChannelOutput, NotUsed> connect(ConversationId id, long after) {
    EntityRef<Command> entity = entity(id);
    return Flow.fromGraph(
        new LiveConversation(id, after, settings, entity::tell, history, channels, clock));
  }

  /**
   * Has the conversation look whether a turn is open that nobody works on.
   *
   * @param journalSeqNr the number of the event in the journal that left it open
   */
  public void wake(ConversationId id, long journalSeqNr) {
    entity(id).tell(new Command.Wake(journalSeqNr));
  }

  /** Passes on a piece of an answer; lost where the entity can not be reached. */
  public void deliver(ConversationId id, Input.Delta delta) {
    entity(id).tell(new Command.DeliverDelta(delta));
  }

  /**
   * Passes on a result; done when the journal has it or it is known to change nothing. Asked once:
   * who has the result decides what becomes of it.
   *
   * @param worked how long the worker had the query: the rest of its time it waited; null where
   *     nobody says
   * @param work what the worker did; null where an older one does not say
   */
  public CompletionStage<Done> deliver(
      ConversationId id,
      Input.Result result,
      @Nullable Duration worked,
      @Nullable WorkReport work) {
    return Stages.direct(
        entity(id)
            .ask(
                replyTo -> new Command.DeliverResult(result, worked, work, replyTo),
                settings.askTimeout()));
  }

  /** Keeps this node knowing where every conversation would be found. */
  public void keepFindingShards() {
    Shards.keepFinding(system, settings.shardSearch(), id -> wake(id, 0));
  }

  private EntityRef<Command> entity(ConversationId id) {
    return sharding.entityRefFor(ConversationEntity.TYPE, id.entityId());
  }

  private static Page toPage(List<Message> messages, long lastSeq) {
    boolean hasMore = !messages.isEmpty() && messages.getLast().seq() < lastSeq;
    return new Page(messages, hasMore, lastSeq);
  }

  private static boolean isKnown(Receipt receipt) {
    return !(receipt instanceof Receipt.Unknown);
  }

  /** Adds what the entity no longer has in memory. */
  private CompletionStage<Receipt> completed(ConversationId id, Receipt receipt) {
    return switch (receipt) {
      case Receipt.Accepted accepted when accepted.message() == null ->
          said(id, accepted.seq())
              .thenApply(
                  message ->
                      new Receipt.Accepted(
                          accepted.messageId(), accepted.seq(), accepted.duplicate(), message));
      case Receipt.Ended ended when ended.message() == null || isReplyMissing(ended) ->
          said(id, ended.seq())
              .thenCombine(
                  replied(id, ended.replySeq()),
                  (message, reply) ->
                      new Receipt.Ended(
                          ended.messageId(),
                          ended.seq(),
                          ended.outcome(),
                          message,
                          ended.replySeq(),
                          reply));
      case Receipt other -> CompletableFuture.completedStage(other);
    };
  }

  private static boolean isReplyMissing(Receipt.Ended ended) {
    return ended.replySeq() > 0 && ended.reply() == null;
  }

  private CompletionStage<Message.@Nullable FromCustomer> said(ConversationId id, long seq) {
    return one(id, seq).thenApply(message -> (Message.FromCustomer) message.orElse(null));
  }

  private CompletionStage<Message.@Nullable Reply> replied(ConversationId id, long seq) {
    return seq == 0
        ? CompletableFuture.completedStage(null)
        : one(id, seq).thenApply(message -> (Message.Reply) message.orElse(null));
  }

  private CompletionStage<Optional<Message>> one(ConversationId id, long seq) {
    return journal(id, seq - 1, 1)
        .thenApply(page -> page.stream().filter(message -> message.seq() == seq).findFirst());
  }

  private CompletionStage<List<Message>> journal(ConversationId id, long after, int limit) {
    return history
        .page(id, after, limit)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(
                    new UnavailableException("no journal for conversation " + id, failure)));
  }

  private <R> CompletionStage<R> ask(
      ConversationId id,
      BiFunction<Boolean, ActorRef<R>, Command> command,
      Function<R, Boolean> isAnswer,
      Duration timeout) {
    return ask(id, false, command, isAnswer, clock.instant().plus(timeout));
  }

  private <R> CompletionStage<R> ask(
      ConversationId id,
      boolean again,
      BiFunction<Boolean, ActorRef<R>, Command> command,
      Function<R, Boolean> isAnswer,
      Instant until) {
    return Stages.direct(
            entity(id).<R>ask(replyTo -> command.apply(again, replyTo), settings.askTimeout()))
        .handle((answer, failure) -> new Try<>(answer, failure))
        .thenCompose(
            tried -> {
              if (tried.failure() == null && isAnswer.apply(tried.answer())) {
                return CompletableFuture.completedStage(tried.answer());
              }
              if (!clock.instant().plus(PAUSE_BEFORE_RETRY).isBefore(until)) {
                return CompletableFuture.failedStage(
                    new UnavailableException("no answer from conversation " + id));
              }
              return Patterns.after(
                  PAUSE_BEFORE_RETRY,
                  system.classicSystem(),
                  () -> ask(id, true, command, isAnswer, until));
            });
  }

  private record Try<R>(R answer, @Nullable Throwable failure) {}
}
