package io.fengda.queue;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.kafka.ProducerSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded way to Kafka. A record that Kafka does not take is lost alone. Never blocks;
 * thread-safe.
 *
 * <p>Records go straight from the caller's thread into Kafka's producer, which has the thread, the
 * batches and the retries: a stream in between would be four more hand-overs a record.
 */
public final class RecordPublisher {
  private static final int BATCH_BYTES = 64 * 1024;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Where the producer does not know a topic's partitions yet, or has no memory for the record, it
   * is asked again, after pauses that double, for so long.
   */
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(5);

  private static final Duration PAUSE_MIN = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofMillis(500);

  private static final Duration CLOSE_MAX = Duration.ofSeconds(4);

  private final ActorSystem<?> system;
  private final Producer<String, byte[]> producer;
  private final QueueSettings settings;
  private final InstantSource clock = InstantSource.system();
  private final AtomicInteger waiting = new AtomicInteger();

  private RecordPublisher(
      ActorSystem<?> system, Producer<String, byte[]> producer, QueueSettings settings) {
    this.system = system;
    this.producer = producer;
    this.settings = settings;
  }

  /** Starts it; what it was given when the node shuts down still goes to Kafka. */
  public static RecordPublisher start(ActorSystem<?> system, QueueSettings settings) {
    Producer<String, byte[]> producer = producerSettings(system, settings).createKafkaProducer();
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "close-producer",
            () ->
                CompletableFuture.supplyAsync(
                    () -> {
                      producer.close(CLOSE_MAX);
                      return Done.getInstance();
                    }));
    return new RecordPublisher(system, producer, settings);
  }

  /** Hands a record over; false when there is no room. */
  public boolean offer(ProducerRecord<String, byte[]> message) {
    if (!takeRoom()) {
      return false;
    }
    new Delivery(message).attempt();
    return true;
  }

  /**
   * Done when Kafka has the record, on its producer's thread; fails when there is no room, when the
   * producer has not taken it within 5 s, or when Kafka has not within {@code delivery-timeout} of
   * that.
   */
  public CompletionStage<Done> publish(ProducerRecord<String, byte[]> message) {
    if (!takeRoom()) {
      return CompletableFuture.failedStage(
          new RejectedExecutionException("no room for a record of " + message.topic()));
    }
    Delivery delivery = new Delivery(message);
    delivery.attempt();
    return delivery.acknowledged;
  }

  /** Whether the next record would find room. */
  public boolean hasRoom() {
    return waiting.get() < settings.bufferMax();
  }

  /** How many partitions a topic has now; empty while the producer does not know. */
  OptionalInt partitions(String topic) {
    try {
      return OptionalInt.of(producer.partitionsFor(topic).size());
    } catch (KafkaException | IllegalStateException e) {
      return OptionalInt.empty();
    }
  }

  private boolean takeRoom() {
    if (waiting.incrementAndGet() <= settings.bufferMax()) {
      return true;
    }
    waiting.decrementAndGet();
    return false;
  }

  /** A record on its way, from one attempt to hand it over to the next. */
  private final class Delivery {
    private final ProducerRecord<String, byte[]> message;
    private final CompletableFuture<Done> acknowledged = new CompletableFuture<>();
    private final Instant handOverUntil = clock.instant().plus(HAND_OVER_MAX);
    private volatile boolean isHandedOver;
    private Duration pause = PAUSE_MIN;

    Delivery(ProducerRecord<String, byte[]> message) {
      this.message = message;
    }

    void attempt() {
      AtomicBoolean refused = new AtomicBoolean();
      try {
        var unused =
            producer.send(
                message,
                (metadata, failure) -> {
                  if (failure instanceof TimeoutException && !isHandedOver) {
                    refused.set(true);
                  } else {
                    ended(failure);
                  }
                });
      } catch (KafkaException | IllegalStateException e) {
        ended(e);
      }
      // What the producer can not take it says before it returns.
      if (refused.get()) {
        later();
      } else {
        isHandedOver = true;
      }
    }

    private void later() {
      if (!clock.instant().plus(pause).isBefore(handOverUntil)) {
        ended(new TimeoutException("no room, or no metadata, for a record of " + message.topic()));
        return;
      }
      Duration now = pause;
      Duration doubled = now.multipliedBy(2);
      pause = doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
      system.scheduler().scheduleOnce(now, this::attempt, system.executionContext());
    }

    private void ended(@Nullable Exception failure) {
      waiting.decrementAndGet();
      if (failure == null) {
        acknowledged.complete(Done.getInstance());
      } else {
        acknowledged.completeExceptionally(failure);
      }
    }
  }

  private static ProducerSettings<String, byte[]> producerSettings(
      ActorSystem<?> system, QueueSettings settings) {
    return ProducerSettings.create(system, new StringSerializer(), new ByteArraySerializer())
        .withProperties(settings.client())
        .withBootstrapServers(settings.bootstrapServers())
        .withProperty(ProducerConfig.ACKS_CONFIG, "all")
        // A broker that comes back empty gives ids that others have: it would refuse their records.
        .withProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false")
        .withProperty(ProducerConfig.LINGER_MS_CONFIG, Long.toString(settings.linger().toMillis()))
        .withProperty(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(settings.bufferBytes()))
        .withProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(BATCH_BYTES))
        .withProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression())
        .withProperty(
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            Long.toString(settings.deliveryTimeout().toMillis()))
        .withProperty(
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(REQUEST_TIMEOUT.toMillis()))
        // The caller is an actor: what the producer can not take at once, it refuses.
        .withProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
  }
}
