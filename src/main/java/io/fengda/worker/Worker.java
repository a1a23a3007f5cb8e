package io.fengda.worker;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.queue.CommittingConsumer;
import io.fengda.queue.DeadLetters;
import io.fengda.queue.QueueSettings;
import io.fengda.queue.RecordCodec;
import io.fengda.queue.ResultPublisher;
import io.fengda.queue.Topics;
import io.fengda.telemetry.LogAbout;
import io.fengda.telemetry.Metrics;
import io.fengda.vendor.VendorCalls;
import io.fengda.vendor.WorkLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import scala.util.Try;

/**
 * Takes queries, has the vendor answer them, and publishes deltas and result.
 *
 * <p>What is late or cancelled is not started. A query is committed when its result is in Kafka, so
 * a worker that dies leaves it to another. Deltas that come faster than Kafka takes them are
 * joined; a result takes the place of deltas that were not sent yet.
 *
 * <p>Queries end in any order and are committed in order. Each tenant has its {@link TenantLanes
 * lane}, so that one whose vendor is slow does not delay the others. Behind a query that takes a
 * time {@code t} as many others are taken up as the window holds: the node takes at most {@code
 * window / t} a second while it runs.
 */
public final class Worker {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** The Kafka consumer group. */
  public static final String GROUP = "fengda-workers";

  private final ActorSystem<?> system;
  private final VendorCalls vendors;
  private final ResultPublisher results;
  private final DeadLetters deadLetters;
  private final Metrics metrics;
  private final Cancellations cancellations;
  private final TenantLanes lanes;

  /** Attempts that wait aside or run. */
  private final Set<AttemptId> taken = ConcurrentHashMap.newKeySet();

  private final Clock clock = Clock.systemUTC();

  private Worker(
      ActorSystem<?> system,
      WorkerSettings settings,
      VendorCalls vendors,
      ResultPublisher results,
      DeadLetters deadLetters,
      Metrics metrics) {
    this.system = system;
    this.vendors = vendors;
    this.results = results;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.cancellations = new Cancellations(settings.cancelsMax());
    this.lanes = new TenantLanes(settings.runningMax(), settings.waitingMax());
    metrics.queriesAside(lanes::waiting);
  }

  public static void start(
      ActorSystem<?> system,
      WorkerSettings settings,
      QueueSettings queue,
      VendorCalls vendors,
      ResultPublisher results,
      DeadLetters deadLetters,
      Metrics metrics) {
    Worker worker = new Worker(system, settings, vendors, results, deadLetters, metrics);
    CommittingConsumer.start(
        system,
        queue,
        new CommittingConsumer.Reading(
            Topics.CANCELS,
            GROUP + "-" + UUID.randomUUID(),
            false,
            1,
            CoordinatedShutdown.PhaseServiceStop()),
        worker::cancel);
    CommittingConsumer.start(
        system,
        queue,
        new CommittingConsumer.Reading(
            Topics.QUERIES,
            GROUP,
            true,
            settings.window(),
            CoordinatedShutdown.PhaseServiceUnbind()),
        worker::work);
  }

  private CompletionStage<Done> cancel(ConsumerRecord<String, byte[]> message) {
    try {
      RecordCodec.Cancelled cancelled = RecordCodec.readCancel(message.value());
      cancellations.cancel(cancelled.attempt(), cancelled.deadline(), clock.instant());
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      deadLetters.put(message, e);
    }
    return CompletableFuture.completedStage(Done.getInstance());
  }

  private CompletionStage<Done> work(ConsumerRecord<String, byte[]> message) {
    Query query;
    try {
      query = RecordCodec.readQuery(message.value());
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      deadLetters.put(message, e);
      return CompletableFuture.completedStage(Done.getInstance());
    }
    Optional<String> reason = reasonToDrop(query);
    if (reason.isPresent()) {
      return dropped(reason.get());
    }
    if (!taken.add(query.attempt())) {
      return dropped("twice");
    }
    WorkLog work = WorkLog.begin(clock);
    Instant published = Instant.ofEpochMilli(message.timestamp());
    metrics.queryWaited(Topics.QUERIES, Duration.between(published, clock.instant()));
    return lanes
        .run(query.conversation().tenant(), () -> work(query, work))
        .orElseGet(() -> refused(query, work))
        .whenComplete((done, failure) -> taken.remove(query.attempt()));
  }

  /** Why a query is not worked on: nobody waits for it, or somebody works on it already. */
  private Optional<String> reasonToDrop(Query query) {
    if (!clock.instant().isBefore(query.deadline())) {
      return Optional.of("late");
    }
    if (cancellations.isCancelled(query.attempt())) {
      return Optional.of("cancelled");
    }
    return cancellations.isKnown(query.attempt()) ? Optional.of("twice") : Optional.empty();
  }

  /** Done when the record may be committed; never fails. */
  private CompletionStage<Done> work(Query query, WorkLog work) {
    Optional<String> reason = reasonToDrop(query);
    if (reason.isPresent()) {
      return dropped(reason.get());
    }
    try {
      return answer(query, work).exceptionally(failure -> unanswered(query, failure));
    } catch (RuntimeException e) {
      return CompletableFuture.completedStage(unanswered(query, e));
    }
  }

  /** Too many of the tenant's queries wait: the customer is told now, not at the deadline. */
  private CompletionStage<Done> refused(Query query, WorkLog work) {
    metrics.recordLost(Topics.QUERIES, "crowded");
    return results
        .of(query)
        .publish(query.endedWithout(ReplyKind.VENDOR_UNAVAILABLE, "", ""), work.report())
        .exceptionally(failure -> unanswered(query, failure));
  }

  private CompletionStage<Done> dropped(String reason) {
    metrics.recordLost(Topics.QUERIES, reason);
    return CompletableFuture.completedStage(Done.getInstance());
  }

  /** The deadline ends the turn; the other queries go on. */
  private Done unanswered(Query query, Throwable failure) {
    about(log.atWarn(), query).log("attempt {}: {}", query.attempt(), failure.toString());
    metrics.recordLost(Topics.RESULTS, "unpublished");
    return Done.getInstance();
  }

  private static LoggingEventBuilder about(LoggingEventBuilder line, Query query) {
    ConversationId id = query.conversation();
    return LogAbout.turn(
        line,
        id.tenant().value(),
        id.inTenant(),
        query.questions().getFirst().seq(),
        query.trace());
  }

  private CompletionStage<Done> answer(Query query, WorkLog work) {
    CompletableFuture<Done> ended = new CompletableFuture<>();
    ResultPublisher.OfAttempt attempt = results.of(query);
    UniqueKillSwitch running =
        vendors
            .call(query, work)
            .viaMat(KillSwitches.single(), Keep.right())
            .conflate(Worker::join)
            .mapAsync(1, input -> attempt.publish(input, work.report()))
            .to(Sink.onComplete(outcome -> complete(ended, outcome)))
            .run(system);
    cancellations.started(query.attempt(), running);
    return ended.whenComplete(
        (done, failure) -> {
          cancellations.ended(query.attempt(), query.deadline(), clock.instant());
          if (log.isDebugEnabled()) {
            about(log.atDebug(), query).log("attempt {} has ended", query.attempt());
          }
        });
  }

  private static void complete(CompletableFuture<Done> ended, Try<Done> outcome) {
    if (outcome.isSuccess()) {
      ended.complete(Done.getInstance());
    } else {
      ended.completeExceptionally(outcome.failed().get());
    }
  }

  /** Two things that the vendor said, as one. */
  private static Input.FromWorker join(Input.FromWorker first, Input.FromWorker second) {
    return first instanceof Input.Delta before && second instanceof Input.Delta next
        ? new Input.Delta(before.attempt(), before.offset(), before.text() + next.text())
        : second;
  }
}
