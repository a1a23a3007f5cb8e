package io.fengda.queue;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.Input;
import io.fengda.telemetry.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Brings deltas and results to their conversations.
 *
 * <p>A delta that can not be delivered is lost. A result that can not be delivered at once goes
 * back to Kafka, behind the others, where a node that reaches the conversation may find it; after a
 * minute it is left to the deadline of its turn. A conversation that can not be reached never stops
 * a partition.
 */
public final class ResultConsumer {
  /** The Kafka consumer group. */
  public static final String GROUP = "fengda-conversations";

  /** The age from which a result is of no use: its turn was abandoned. */
  private static final Duration AGE_MAX = Duration.ofSeconds(60);

  private final Conversations conversations;
  private final RecordPublisher records;
  private final DeadLetters deadLetters;
  private final Metrics metrics;
  private final Clock clock = Clock.systemUTC();

  private ResultConsumer(
      Conversations conversations,
      RecordPublisher records,
      DeadLetters deadLetters,
      Metrics metrics) {
    this.conversations = conversations;
    this.records = records;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  public static void start(
      ActorSystem<?> system,
      QueueSettings settings,
      Conversations conversations,
      RecordPublisher records,
      DeadLetters deadLetters,
      Metrics metrics) {
    ResultConsumer consumer = new ResultConsumer(conversations, records, deadLetters, metrics);
    CommittingConsumer.start(
        system,
        settings,
        new CommittingConsumer.Reading(
            Topics.RESULTS,
            GROUP,
            true,
            settings.resultParallelism(),
            CoordinatedShutdown.PhaseServiceStop()),
        consumer::deliver);
  }

  private CompletionStage<Done> deliver(ConsumerRecord<String, byte[]> message) {
    try {
      RecordCodec.FromWorker said = RecordCodec.readFromWorker(message.value());
      return switch (said.input()) {
        case Input.Delta delta -> {
          conversations.deliver(said.conversation(), delta);
          yield CompletableFuture.completedStage(Done.getInstance());
        }
        case Input.Result result ->
            conversations
                .deliver(said.conversation(), result)
                .exceptionallyCompose(failure -> again(message));
      };
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      deadLetters.put(message, e);
      return CompletableFuture.completedStage(Done.getInstance());
    }
  }

  private CompletionStage<Done> again(ConsumerRecord<String, byte[]> message) {
    Instant published = Instant.ofEpochMilli(message.timestamp());
    if (published.plus(AGE_MAX).isBefore(clock.instant())) {
      metrics.recordLost(Topics.RESULTS, "undelivered");
      return CompletableFuture.completedStage(Done.getInstance());
    }
    return records
        .publish(
            new ProducerRecord<>(
                message.topic(),
                null,
                message.timestamp(),
                message.key(),
                message.value(),
                message.headers()))
        .exceptionally(
            failure -> {
              metrics.recordLost(Topics.RESULTS, "undelivered");
              return Done.getInstance();
            });
  }
}
