package io.fengda.journal;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.ShardedDaemonProcessSettings;
import akka.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import akka.persistence.typed.PersistenceId;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.ConversationId;
import io.fengda.journal.OpenTurnQueries.OpenTurn;
import io.fengda.telemetry.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds open turns whose entity died and wakes it; an entity that works on its turn ignores that.
 * One daemon for each range of slices, somewhere in the cluster.
 *
 * <p>A range's mark is the time before which nothing is open. It is durable, so that a daemon that
 * moves or starts again reads only what came since; a mark that is written late costs reading,
 * never a turn.
 */
public final class Redriver extends AbstractBehavior<Redriver.Command> {
  private static final Logger log = LoggerFactory.getLogger(Redriver.class);

  /** How far the mark moves before it is written again. */
  private static final Duration MARK_STEP = Duration.ofSeconds(60);

  private final SliceRange range;
  private final RedriverSettings settings;
  private final OpenTurnQueries queries;
  private final Conversations conversations;
  private final Metrics metrics;
  private final TimerScheduler<Command> timers;
  private boolean knowsMark;
  private Instant mark = Instant.EPOCH;

  /** Where the next sweep begins; behind the mark while a pass takes several sweeps. */
  private Instant from = Instant.EPOCH;

  /** The oldest open turn of this pass. */
  private Optional<Instant> oldest = Optional.empty();

  private Instant writtenMark = Instant.EPOCH;

  /** What the daemon is told. */
  sealed interface Command {
    record MarkRead(Instant mark) implements Command {}

    record Sweep() implements Command {}

    record Swept(List<OpenTurn> open, Instant before) implements Command {}

    record MarkUnknown() implements Command {}

    record Failed(Throwable failure) implements Command {}

    record Stop() implements Command {}
  }

  private Redriver(
      SliceRange range,
      RedriverSettings settings,
      OpenTurnQueries queries,
      Conversations conversations,
      Metrics metrics,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(context);
    this.range = range;
    this.settings = settings;
    this.queries = queries;
    this.conversations = conversations;
    this.metrics = metrics;
    this.timers = timers;
  }

  /** Starts this node's share of the daemons. */
  public static void start(
      ActorSystem<?> system,
      RedriverSettings settings,
      Conversations conversations,
      Metrics metrics) {
    OpenTurnQueries queries =
        new OpenTurnQueries(JournalDatabase.of(system), Conversations.ENTITY_TYPE);
    ShardedDaemonProcess.get(system)
        .init(
            Command.class,
            "redriver",
            settings.ranges(),
            number ->
                create(
                    SliceRange.of(number, settings.ranges()),
                    settings,
                    queries,
                    conversations,
                    metrics),
            ShardedDaemonProcessSettings.create(system).withRole(Conversations.ROLE),
            Optional.of(new Command.Stop()));
  }

  private static Behavior<Command> create(
      SliceRange range,
      RedriverSettings settings,
      OpenTurnQueries queries,
      Conversations conversations,
      Metrics metrics) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  Redriver redriver =
                      new Redriver(
                          range, settings, queries, conversations, metrics, context, timers);
                  redriver.readMark();
                  return redriver;
                }));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case Command.MarkRead(Instant read) -> {
        knowsMark = true;
        mark = read;
        from = read;
        writtenMark = read;
        sweep();
      }
      case Command.MarkUnknown unknown -> readMark();
      case Command.Sweep sweep -> sweep();
      case Command.Swept(List<OpenTurn> open, Instant before) -> swept(open, before);
      case Command.Failed(Throwable failure) -> {
        log.warn("sweep of slices {} failed, goes on: {}", range, failure.toString());
        timers.startSingleTimer(
            knowsMark ? new Command.Sweep() : new Command.MarkUnknown(), settings.interval());
      }
      case Command.Stop stop -> {
        return Behaviors.stopped();
      }
    }
    return this;
  }

  private void readMark() {
    getContext()
        .pipeToSelf(
            queries.readMark(range),
            (read, failure) ->
                failure == null ? new Command.MarkRead(read) : new Command.Failed(failure));
  }

  private void sweep() {
    Instant start = from;
    getContext()
        .pipeToSelf(
            queries.now().thenCompose(now -> sweep(start, now)),
            (swept, failure) -> failure == null ? swept : new Command.Failed(failure));
  }

  private CompletionStage<Command> sweep(Instant start, Instant now) {
    Instant before = now.minus(settings.ageMin());
    return queries
        .openTurns(range, start, before, settings.wakesMax())
        .thenApply(open -> new Command.Swept(open, before));
  }

  private void swept(List<OpenTurn> open, Instant before) {
    for (OpenTurn turn : open) {
      conversations.wake(
          ConversationId.parse(PersistenceId.extractEntityId(turn.persistenceId())), turn.seqNr());
      metrics.woken();
    }
    if (oldest.isEmpty() && !open.isEmpty()) {
      oldest = Optional.of(open.getFirst().since());
    }
    if (open.size() == settings.wakesMax() && open.getLast().since().isAfter(from)) {
      from = open.getLast().since();
    } else {
      endPass(before);
    }
    sweepLater();
  }

  /** All up to a time was seen: nothing is open before the oldest that was found. */
  private void endPass(Instant before) {
    Instant reached = oldest.orElse(before).minus(settings.overlap());
    if (reached.isAfter(mark)) {
      mark = reached;
    }
    from = mark;
    oldest = Optional.empty();
    writeMark();
  }

  private void writeMark() {
    if (mark.isAfter(writtenMark.plus(MARK_STEP))) {
      writtenMark = mark;
      var unused =
          queries
              .writeMark(range, mark)
              .exceptionally(
                  failure -> {
                    log.warn("mark of slices {} not written: {}", range, failure.toString());
                    return 0L;
                  });
    }
  }

  private void sweepLater() {
    timers.startSingleTimer(new Command.Sweep(), settings.interval());
  }
}
