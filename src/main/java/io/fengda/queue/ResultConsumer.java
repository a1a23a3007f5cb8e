package io.fengda.queue;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.pattern.Patterns;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.Input;
import io.fengda.telemetry.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

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

  /** Each takes a second or so: by then its turn has ended or was abandoned. */
  private static final int TRIES_MAX = 60;

  /** Where nobody can be asked any more, as while a node shuts down, a try fails at once. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Counts the tries; absent at the first. */
  private static final String TRIES = "fengda-tries";

  private final ActorSystem<?> system;
  private final Conversations conversations;
  private final RecordPublisher records;
  private final DeadLetters deadLetters;
  private final Metrics metrics;

  private ResultConsumer(
      ActorSystem<?> system,
      Conversations conversations,
      RecordPublisher records,
      DeadLetters deadLetters,
      Metrics metrics) {
    this.system = system;
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
    ResultConsumer consumer =
        new ResultConsumer(system, conversations, records, deadLetters, metrics);
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
                .deliver(said.conversation(), result, said.worked(), said.work())
                .exceptionallyCompose(
                    failure -> Patterns.after(PAUSE, system.classicSystem(), () -> again(message)));
      };
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      deadLetters.put(message, e);
      return CompletableFuture.completedStage(Done.getInstance());
    }
  }

  private CompletionStage<Done> again(ConsumerRecord<String, byte[]> message) {
    int tries = tries(message) + 1;
    if (tries > TRIES_MAX) {
      metrics.recordLost(Topics.RESULTS, "undelivered");
      return CompletableFuture.completedStage(Done.getInstance());
    }
    Headers headers = new RecordHeaders(message.headers());
    headers.remove(TRIES).add(TRIES, Integer.toString(tries).getBytes(StandardCharsets.US_ASCII));
    return records
        .publish(
            new ProducerRecord<>(message.topic(), null, message.key(), message.value(), headers))
        .exceptionally(
            failure -> {
              metrics.recordLost(Topics.RESULTS, "undelivered");
              return Done.getInstance();
            });
  }

  /** How often it was tried before; a header that is not ours counts as the last try. */
  private static int tries(ConsumerRecord<String, byte[]> message) {
    Header header = message.headers().lastHeader(TRIES);
    if (header == null) {
      return 0;
    }
    try {
      return Integer.parseInt(new String(header.value(), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return TRIES_MAX;
    }
  }
}
