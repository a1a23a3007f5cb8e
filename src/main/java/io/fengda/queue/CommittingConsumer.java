package io.fengda.queue;

import akka.Done;
import akka.NotUsed;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.kafka.CommitterSettings;
import akka.kafka.ConsumerSettings;
import akka.kafka.Subscriptions;
import akka.kafka.javadsl.Committer;
import akka.kafka.javadsl.Consumer;
import akka.stream.RestartSettings;
import akka.stream.javadsl.RestartSource;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.fengda.telemetry.Readiness;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads a topic, a bounded number of records at once, and commits each after its effect. A stream
 * that fails starts again; a record may therefore come twice.
 */
public final class CommittingConsumer {
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  /** Where no more fits in, and nothing of it ends for so long, nothing goes on. */
  private static final Duration FULL_MAX = Duration.ofSeconds(60);

  /** Longer than the longest deadline that a tenant may have. */
  private static final Duration STUCK_AFTER = Duration.ofMinutes(6);

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private final AtomicInteger inHand = new AtomicInteger();
  private volatile long progressNanos = System.nanoTime();
  private volatile boolean isRunning;
  private volatile Consumer.Control control = Consumer.createNoopControl();
  private volatile boolean stopping;

  private CommittingConsumer() {}

  /**
   * Starts reading, until the node shuts down.
   *
   * @param effect done when the record may be committed; a failure starts the stream again
   */
  public static void start(
      ActorSystem<?> system,
      QueueSettings settings,
      Reading reading,
      Function<ConsumerRecord<String, byte[]>, CompletionStage<Done>> effect) {
    CommittingConsumer consumer = new CommittingConsumer();
    consumer.keepTelling(system, reading);
    CompletionStage<Done> ended =
        RestartSource.onFailuresWithBackoff(
                RestartSettings.create(settings.restartMin(), settings.restartMax(), 0.2),
                () ->
                    consumer.stopping
                        ? Source.empty()
                        : consumer.read(system, settings, reading, effect))
            .runWith(Sink.ignore(), system);
    CoordinatedShutdown.get(system)
        .addTask(
            reading.stopsIn(),
            "stop-reading-" + reading.topic(),
            () -> consumer.stop(ended, system));
  }

  /** Whether the stream goes on: it runs, and what it has in hand does not stay there. */
  private void keepTelling(ActorSystem<?> system, Reading reading) {
    Readiness readiness = Readiness.of(system);
    var telling =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                LOOK_INTERVAL,
                LOOK_INTERVAL,
                () -> {
                  if (isRunning && !isStuck(reading.parallelism())) {
                    readiness.seen("the stream of " + reading.topic());
                  }
                },
                system.executionContext());
    var unused = system.getWhenTerminated().thenRun(telling::cancel);
  }

  private boolean isStuck(int parallelism) {
    int now = inHand.get();
    Duration patience = now >= parallelism ? FULL_MAX : STUCK_AFTER;
    return now > 0 && System.nanoTime() - progressNanos > patience.toNanos();
  }

  private CompletionStage<Done> counted(CompletionStage<Done> effect) {
    if (inHand.getAndIncrement() == 0) {
      progressNanos = System.nanoTime();
    }
    return effect.whenComplete(
        (done, failure) -> {
          progressNanos = System.nanoTime();
          inHand.decrementAndGet();
        });
  }

  /** Handles what was read; a stream that waits for its next start ends instead. */
  private CompletionStage<Done> stop(CompletionStage<Done> ended, ActorSystem<?> system) {
    stopping = true;
    return control
        .drainAndShutdown(ended, system.executionContext())
        .exceptionally(failure -> Done.getInstance());
  }

  /**
   * What to read, and how.
   *
   * @param group members of a group share the partitions
   * @param fromStart whether a group that is new reads what is there already
   * @param parallelism records that are handled at once
   * @param stopsIn the phase of coordinated shutdown in which the last ones are handled
   */
  public record Reading(
      String topic, String group, boolean fromStart, int parallelism, String stopsIn) {}

  private Source<Done, NotUsed> read(
      ActorSystem<?> system,
      QueueSettings settings,
      Reading reading,
      Function<ConsumerRecord<String, byte[]>, CompletionStage<Done>> effect) {
    return Consumer.committableSource(
            consumerSettings(system, settings, reading), Subscriptions.topics(reading.topic()))
        .mapMaterializedValue(
            started -> {
              control = started;
              isRunning = true;
              return NotUsed.getInstance();
            })
        .mapAsync(
            reading.parallelism(),
            message ->
                counted(effect.apply(message.record()))
                    .thenApply(done -> message.committableOffset()))
        .via(Committer.flow(CommitterSettings.create(system).withMaxInterval(COMMIT_INTERVAL)))
        .watchTermination(
            (materialized, ended) -> {
              var unused = ended.whenComplete((done, failure) -> isRunning = false);
              return materialized;
            });
  }

  private static ConsumerSettings<String, byte[]> consumerSettings(
      ActorSystem<?> system, QueueSettings settings, Reading reading) {
    return ConsumerSettings.create(system, new StringDeserializer(), new ByteArrayDeserializer())
        .withProperties(settings.client())
        .withBootstrapServers(settings.bootstrapServers())
        .withGroupId(reading.group())
        .withStopTimeout(Duration.ZERO)
        .withProperty(
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            CooperativeStickyAssignor.class.getName())
        .withProperty(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic")
        .withProperty(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reading.fromStart() ? "earliest" : "latest")
        .withProperty(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000")
        .withProperty(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "500")
        .withProperty(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "10000");
  }
}
