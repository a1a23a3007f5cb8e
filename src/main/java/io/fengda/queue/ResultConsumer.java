package io.fengda.queue;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.Input;
import io.fengda.telemetry.Metrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Brings deltas and results to their conversations.
 *
 * <p>A delta that can not be delivered is lost; a result is tried for a bounded time and then left
 * to the deadline of its turn. A conversation that can not be reached never stops a partition.
 */
public final class ResultConsumer {
  /** The Kafka consumer group. */
  public static final String GROUP = "fengda-conversations";

  /** How long a result may hold its place in the order of commits. */
  private static final long HOLDS_MILLIS_MAX = 500;

  private final Conversations conversations;
  private final DeadLetters deadLetters;
  private final Metrics metrics;

  private ResultConsumer(Conversations conversations, DeadLetters deadLetters, Metrics metrics) {
    this.conversations = conversations;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  public static void start(
      ActorSystem<?> system,
      QueueSettings settings,
      Conversations conversations,
      DeadLetters deadLetters,
      Metrics metrics) {
    ResultConsumer consumer = new ResultConsumer(conversations, deadLetters, metrics);
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
            bounded(
                conversations
                    .deliver(said.conversation(), result)
                    .exceptionally(this::undelivered));
      };
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      deadLetters.put(message, e);
      return CompletableFuture.completedStage(Done.getInstance());
    }
  }

  /** Trying goes on behind the next records: one conversation does not stop the others. */
  private static CompletionStage<Done> bounded(CompletionStage<Done> delivered) {
    return delivered
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(Done.getInstance(), HOLDS_MILLIS_MAX, TimeUnit.MILLISECONDS);
  }

  private Done undelivered(Throwable failure) {
    metrics.recordLost(Topics.RESULTS, "undelivered");
    return Done.getInstance();
  }
}
