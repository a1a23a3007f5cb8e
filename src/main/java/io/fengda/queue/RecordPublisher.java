package io.fengda.queue;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.kafka.ProducerMessage;
import akka.kafka.ProducerSettings;
import akka.kafka.javadsl.Producer;
import akka.stream.ActorAttributes;
import akka.stream.BoundedSourceQueue;
import akka.stream.RestartSettings;
import akka.stream.Supervision;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.RestartFlow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A bounded way to Kafka that starts again when it fails. Never blocks; thread-safe.
 *
 * <p>A record that Kafka refuses is lost alone. When the producer fails, what is in flight is lost
 * with it: the deadline ends those turns.
 */
public final class RecordPublisher {
  private static final int BATCH_BYTES = 64 * 1024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private final BoundedSourceQueue<Outgoing> queue;
  private final QueueSettings settings;

  private record Outgoing(
      ProducerRecord<String, byte[]> message, CompletableFuture<Done> acknowledged) {}

  private RecordPublisher(BoundedSourceQueue<Outgoing> queue, QueueSettings settings) {
    this.queue = queue;
    this.settings = settings;
  }

  public static RecordPublisher start(ActorSystem<?> system, QueueSettings settings) {
    BoundedSourceQueue<Outgoing> queue =
        Source.<Outgoing>queue(settings.bufferMax())
            .via(
                RestartFlow.withBackoff(
                    RestartSettings.create(settings.restartMin(), settings.restartMax(), 0.2),
                    () -> produce(system, settings)))
            .to(Sink.foreach(RecordPublisher::acknowledge))
            .run(system);
    return new RecordPublisher(queue, settings);
  }

  /** Hands a record over; false when there is no room. */
  public boolean offer(ProducerRecord<String, byte[]> message) {
    return queue.offer(new Outgoing(message, new CompletableFuture<>())).isEnqueued();
  }

  /**
   * Done when Kafka has the record; fails when there is no room, or when Kafka has not taken it
   * within {@code delivery-timeout}.
   */
  public CompletionStage<Done> publish(ProducerRecord<String, byte[]> message) {
    Outgoing outgoing = new Outgoing(message, new CompletableFuture<>());
    return queue.offer(outgoing).isEnqueued()
        ? outgoing
            .acknowledged()
            .orTimeout(settings.deliveryTimeout().toMillis(), TimeUnit.MILLISECONDS)
        : CompletableFuture.failedStage(
            new RejectedExecutionException("no room for a record of " + message.topic()));
  }

  /** Whether the next record would find room. */
  public boolean hasRoom() {
    return queue.size() < settings.bufferMax();
  }

  private static Flow<Outgoing, CompletableFuture<Done>, NotUsed> produce(
      ActorSystem<?> system, QueueSettings settings) {
    return Flow.<Outgoing>create()
        .map(outgoing -> ProducerMessage.single(outgoing.message(), outgoing.acknowledged()))
        .via(Producer.flexiFlow(producerSettings(system, settings)))
        .withAttributes(ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider()))
        .map(ProducerMessage.Results::passThrough);
  }

  private static void acknowledge(CompletableFuture<Done> acknowledged) {
    acknowledged.complete(Done.getInstance());
  }

  private static ProducerSettings<String, byte[]> producerSettings(
      ActorSystem<?> system, QueueSettings settings) {
    return ProducerSettings.create(system, new StringSerializer(), new ByteArraySerializer())
        .withBootstrapServers(settings.bootstrapServers())
        .withParallelism(settings.inFlightMax())
        .withProperty(ProducerConfig.ACKS_CONFIG, "all")
        // A broker that comes back empty gives ids that others have: it would refuse their records.
        .withProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false")
        .withProperty(ProducerConfig.LINGER_MS_CONFIG, Long.toString(settings.linger().toMillis()))
        .withProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(BATCH_BYTES))
        .withProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
        .withProperty(
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            Long.toString(settings.deliveryTimeout().toMillis()))
        .withProperty(
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(REQUEST_TIMEOUT.toMillis()))
        .withProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
  }
}
