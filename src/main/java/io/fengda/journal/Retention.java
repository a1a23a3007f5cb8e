package io.fengda.journal;

import akka.Done;
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
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.ConversationId;
import io.fengda.journal.ErasureQueries.EventRow;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases conversations whose retention is over, and finishes erasures that a dying node left half
 * done. One daemon for each range of slices, somewhere in the cluster.
 *
 * <p>A pass goes through its slices one small step after another, with a pause between two, so that
 * it never competes with the conversations. It keeps nothing: a daemon that moves begins its pass
 * anew.
 */
public final class Retention extends AbstractBehavior<Retention.Command> {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final int PARALLELISM = 4;
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  private final SliceRange range;
  private final Shared shared;
  private final TimerScheduler<Command> timers;
  private EventRow position;

  /** What all daemons of a node share. */
  private record Shared(
      RetentionSettings settings,
      ErasureQueries queries,
      Conversations conversations,
      Tenants tenants) {}

  /** What the daemon is told. */
  sealed interface Command {
    record Begin() implements Command {}

    record Step() implements Command {}

    /** The conversations of a step were seen to. */
    record Stepped(List<EventRow> silent) implements Command {}

    record Failed(Throwable failure) implements Command {}

    record Stop() implements Command {}
  }

  private Retention(
      SliceRange range,
      Shared shared,
      ActorContext<Command> context,
      TimerScheduler<Command> timers) {
    super(context);
    this.range = range;
    this.position = EventRow.before(range.min());
    this.shared = shared;
    this.timers = timers;
  }

  /** Starts this node's share of the daemons. */
  public static void start(
      ActorSystem<?> system,
      RetentionSettings settings,
      Conversations conversations,
      Tenants tenants) {
    Shared shared = new Shared(settings, ErasureQueries.of(system), conversations, tenants);
    ShardedDaemonProcess.get(system)
        .init(
            Command.class,
            "retention",
            settings.ranges(),
            number -> create(SliceRange.of(number, settings.ranges()), shared),
            ShardedDaemonProcessSettings.create(system).withRole(Conversations.ROLE),
            Optional.of(new Command.Stop()));
  }

  private static Behavior<Command> create(SliceRange range, Shared shared) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  Retention retention = new Retention(range, shared, context, timers);
                  retention.begin();
                  return retention;
                }));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::on).build();
  }

  private Behavior<Command> on(Command command) {
    switch (command) {
      case Command.Begin begin -> begin();
      case Command.Step step -> step();
      case Command.Stepped(List<EventRow> silent) -> stepped(silent);
      case Command.Failed(Throwable failure) -> {
        log.warn("retention of slices {} pauses: {}", range, failure.toString());
        later(new Command.Step(), AFTER_FAILURE);
      }
      case Command.Stop stop -> {
        return Behaviors.stopped();
      }
    }
    return this;
  }

  /** A pass begins with what an earlier one, or a customer's wish, left to be done. */
  private void begin() {
    position = EventRow.before(range.min());
    ErasureQueries queries = shared.queries();
    int limit = shared.settings().stepMax();
    pipe(
        queries
            .unfinished(range, limit)
            .thenCompose(
                rows ->
                    each(rows, row -> queries.deleteBefore(row.persistenceId(), row.seqNr()))
                        .thenCompose(done -> queries.now())
                        .thenCompose(
                            now ->
                                queries.emptied(range, now.minus(shared.settings().grace()), limit))
                        .thenCompose(
                            emptied ->
                                each(emptied, queries::finish)
                                    .thenApply(
                                        done -> rows.size() == limit || emptied.size() == limit))),
        more -> more ? new Command.Begin() : new Command.Step());
  }

  private void step() {
    EventRow from = position;
    pipe(shared.queries().now().thenCompose(now -> step(from, now)), Command.Stepped::new);
  }

  private CompletionStage<List<EventRow>> step(EventRow from, Instant now) {
    return shared
        .queries()
        .silent(from, now.minus(shared.tenants().retentionMin()), shared.settings().stepMax())
        .thenCompose(
            silent ->
                each(silent.stream().filter(row -> isOver(row, now)).toList(), this::expire)
                    .thenApply(done -> silent));
  }

  private boolean isOver(EventRow row, Instant now) {
    Duration retention = shared.tenants().orDefaults(idOf(row).tenant()).retention();
    return row.at().plus(retention).isBefore(now);
  }

  private CompletionStage<Done> expire(EventRow row) {
    return shared.conversations().expire(idOf(row), row.seqNr());
  }

  private static ConversationId idOf(EventRow row) {
    return ConversationId.parse(PersistenceId.extractEntityId(row.persistenceId()));
  }

  /** What fails is left to the next pass. */
  private CompletionStage<Done> each(
      List<EventRow> rows, Function<EventRow, CompletionStage<Done>> erase) {
    return Source.from(rows)
        .mapAsyncUnordered(
            PARALLELISM,
            row ->
                erase
                    .apply(row)
                    .exceptionally(
                        failure -> {
                          LogAbout.tenant(log.atWarn(), idOf(row).tenant().value())
                              .log(
                                  "an erasure is left to the next pass: {}",
                                  failure.getClass().getName());
                          return Done.getInstance();
                        }))
        .runWith(Sink.ignore(), getContext().getSystem());
  }

  private void stepped(List<EventRow> silent) {
    position =
        silent.size() == shared.settings().stepMax()
            ? silent.getLast()
            : EventRow.before(position.slice() + 1);
    if (position.slice() <= range.max()) {
      later(new Command.Step(), shared.settings().pause());
    } else {
      later(new Command.Begin(), shared.settings().passInterval());
    }
  }

  private <T> void pipe(CompletionStage<T> work, Function<T, Command> done) {
    getContext()
        .pipeToSelf(
            work,
            (result, failure) ->
                failure == null ? done.apply(result) : new Command.Failed(failure));
  }

  private void later(Command command, Duration delay) {
    timers.startSingleTimer(command, delay);
  }
}
