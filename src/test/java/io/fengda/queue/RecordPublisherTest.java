package io.fengda.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.Done;
import com.typesafe.config.ConfigFactory;
import io.fengda.TestEngine;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The way to Kafka, on a real broker. */
class RecordPublisherTest {
  private static final int ROOM = 3;

  private final TestEngine engine = TestEngine.get();
  private final RecordPublisher records =
      RecordPublisher.start(
          engine.system(),
          QueueSettings.from(
              ConfigFactory.parseString(
                      "fengda.queue { bootstrap-servers = \"%s\", buffer-max = %d }"
                          .formatted(engine.bootstrapServers(), ROOM))
                  .withFallback(
                      ConfigFactory.load(ConfigFactory.parseResourcesAnySyntax("embedded")))));

  @Test
  void aRecordIsInKafkaWhenItIsSaidToBe() throws Exception {
    assertEquals(Done.getInstance(), await(records.publish(record(Topics.DEAD, 10))));
  }

  @Test
  void whatKafkaRefusesIsLostAlone() throws Exception {
    CompletionStage<Done> before = records.publish(record(Topics.DEAD, 10));
    CompletionStage<Done> huge = records.publish(record(Topics.DEAD, 2_000_000));
    CompletionStage<Done> after = records.publish(record(Topics.DEAD, 10));

    assertInstanceOf(RecordTooLargeException.class, failure(huge));
    assertEquals(Done.getInstance(), await(before));
    assertEquals(Done.getInstance(), await(after));
  }

  @Test
  void whatTheProducerDoesNotTakeIsGivenUpAndItsRoomIsFreeAgain() {
    String unknown = "no-such-topic-" + UUID.randomUUID();
    CompletionStage<Done> lost = records.publish(record(unknown, 10));
    assertTrue(records.offer(record(unknown, 10)));
    assertTrue(records.hasRoom());
    assertTrue(records.offer(record(unknown, 10)));

    assertFalse(records.hasRoom());
    assertFalse(records.offer(record(Topics.DEAD, 10)));
    assertInstanceOf(
        RejectedExecutionException.class, failure(records.publish(record(Topics.DEAD, 10))));
    assertInstanceOf(TimeoutException.class, failure(lost));

    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> await(records.publish(record(Topics.DEAD, 10))).equals(Done.getInstance()));
    for (int i = 0; i < 5 * ROOM; i++) {
      assertTrue(records.hasRoom());
      assertEquals(Done.getInstance(), awaitQuietly(records.publish(record(Topics.DEAD, 10))));
    }
  }

  private static ProducerRecord<String, byte[]> record(String topic, int bytes) {
    return new ProducerRecord<>(topic, "key", new byte[bytes]);
  }

  private static Done await(CompletionStage<Done> published) throws Exception {
    return published.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Done awaitQuietly(CompletionStage<Done> published) {
    return published.toCompletableFuture().join();
  }

  private static Throwable failure(CompletionStage<Done> published) {
    return Objects.requireNonNull(
        assertThrows(ExecutionException.class, () -> await(published)).getCause());
  }
}
