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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds open turns whose entity died and wakes it; an entity that works on its turn ignores that.
 * One daemon for each range of slices, somewhere in the cluster.
 *
 * <p>A sweep reads what was written since the last one, each row once, and looks again after the
 * turns that were open then: an entity that dies after it was woken is woken again. The mark is the
 * time before which nothing is open. It is durable, so that a daemon that moves or starts again
 * knows what to read; a mark that is written late costs reading, never a turn.
 */
public final class Redriver extends AbstractBehavior<Redriver.Command> {
  private static final Logger log = LoggerFactory.getLogger(Redriver.class);

  /** How far the mark moves before it is written again. */
  private static final Duration MARK_STEP = Duration.ofSeconds(60);

  /** How much one sweep reads at most: after a long pause several follow each other. */
  private static final Duration WINDOW_MAX = Duration.ofMinutes(10);

  /** How far the database's clock may step back. */
  static final Duration REREAD = Duration.ofSeconds(1);

  private static final Duration CATCHING_UP = Duration.ofMillis(10);

  private final SliceRange range;
  private final RedriverSettings settings;
  private final OpenTurnQueries queries;
  private final Conversations conversations;
  private final TimerScheduler<Command> timers;
  private boolean knowsMark;

  /** Up to where the journal was read. */
  private Instant readTo = Instant.EPOCH;

  /** The turns that were open when they were read and are not known to have ended. */
  private List<OpenTurn> open = List.of();

  /** Whose turn it is to be woken, where more are open than one sweep wakes. */
  private int nextWake;

  private Instant writtenMark = Instant.EPOCH;

  /** What the daemon is told. */
  sealed interface Command {
    record MarkRead(Instant mark) implements Command {}

    record Sweep() implements Command {}

    /** A sweep read up to a time and found these open; there may be more to read at once. */
    record Swept(List<OpenTurn> open, Instant readTo, boolean more) implements Command {}

    record MarkUnknown() implements Command {}

    record Failed(Throwable failure) implements Command {}

    record Stop() implements Command {}
  }

  private Redriver(
      SliceRange range,
      RedriverSettings settings,
      OpenTurnQueries queries,
      Conversations conversations,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(context);
    this.range = range;
    this.settings = settings;
    this.queries = queries;
    this.conversations = conversations;
    this.timers = timers;
  }

  /** Starts this node's share of the daemons. */
  public static void start(
      ActorSystem<?> system, RedriverSettings settings, Conversations conversations) {
    OpenTurnQueries queries =
        new OpenTurnQueries(JournalDatabase.of(system), Conversations.ENTITY_TYPE);
    ShardedDaemonProcess.get(system)
        .init(
            Command.class,
            "redriver",
            settings.ranges(),
            number ->
                create(SliceRange.of(number, settings.ranges()), settings, queries, conversations),
            ShardedDaemonProcessSettings.create(system).withRole(Conversations.ROLE),
            Optional.of(new Command.Stop()));
  }

  private static Behavior<Command> create(
      SliceRange range,
      RedriverSettings settings,
      OpenTurnQueries queries,
      Conversations conversations) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  Redriver redriver =
                      new Redriver(range, settings, queries, conversations, context, timers);
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
        readTo = read;
        writtenMark = read;
        sweep();
      }
      case Command.MarkUnknown unknown -> readMark();
      case Command.Sweep sweep -> sweep();
      case Command.Swept swept -> swept(swept);
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
    Instant from = readTo;
    List<OpenTurn> before = open;
    getContext()
        .pipeToSelf(
            queries
                .horizon(settings.ageMin(), settings.overlap())
                .thenCompose(horizon -> sweep(from, horizon, before)),
            (swept, failure) -> failure == null ? swept : new Command.Failed(failure));
  }

  private CompletionStage<Command> sweep(Instant from, Instant horizon, List<OpenTurn> before) {
    return queries
        .stillOpen(before)
        .thenCompose(
            still -> {
              int room = settings.openMax() - still.size();
              if (room <= 0 || !horizon.isAfter(from)) {
                return CompletableFuture.completedStage(new Command.Swept(still, from, false));
              }
              Instant to = earlier(horizon, from.plus(WINDOW_MAX));
              return queries
                  .openTurns(range, from.minus(REREAD), to, room)
                  .thenApply(
                      news ->
                          new Command.Swept(
                              Stream.concat(still.stream(), news.stream()).distinct().toList(),
                              news.size() < room ? to : later(from, news.getLast().since()),
                              to.isBefore(horizon)));
            });
  }

  private void swept(Command.Swept swept) {
    readTo = swept.readTo();
    open = swept.open();
    for (int i = 0; i < Math.min(settings.wakesMax(), open.size()); i++) {
      nextWake = (nextWake + 1) % open.size();
      wake(open.get(nextWake));
    }
    writeMark(open.stream().map(OpenTurn::since).reduce(readTo, Redriver::earlier));
    timers.startSingleTimer(new Command.Sweep(), swept.more() ? CATCHING_UP : settings.interval());
  }

  private void wake(OpenTurn turn) {
    conversations.wake(
        ConversationId.parse(PersistenceId.extractEntityId(turn.persistenceId())), turn.seqNr());
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void writeMark(Instant mark) {
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
}
