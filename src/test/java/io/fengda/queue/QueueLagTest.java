package io.fengda.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.TestEngine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QueueLagTest {
  private static final Map<String, Object> BROKER =
      Map.of("bootstrap.servers", TestEngine.get().bootstrapServers());
  private final Instant now = Instant.now();

  private static Admin admin;
  private static KafkaProducer<String, String> producer;

  @BeforeAll
  static void connect() {
    admin = Admin.create(BROKER);
    producer = new KafkaProducer<>(BROKER, new StringSerializer(), new StringSerializer());
  }

  @AfterAll
  static void close() {
    producer.close();
    admin.close();
  }

  @Test
  void nothingWaitsWhereAllIsCommitted() throws Exception {
    create("lag-none");
    put("lag-none", 0, 100);
    commit("lag-none", 0, 1);

    assertEquals(new QueueLag.Lag(0, 0), lag("lag-none"));
  }

  @Test
  void whatNobodyHasReadYetIsBehind() throws Exception {
    create("lag-all");
    put("lag-all", 0, 3);
    put("lag-all", 1, 9);
    put("lag-all", 1, 1);

    assertEquals(new QueueLag.Lag(3, 8), lag("lag-all"));
  }

  @Test
  void theOldestIsTheFirstThatIsNotCommitted() throws Exception {
    create("lag-some");
    put("lag-some", 0, 100);
    put("lag-some", 0, 5);
    put("lag-some", 0, 0);
    commit("lag-some", 0, 1);

    assertEquals(new QueueLag.Lag(2, 4), lag("lag-some"));
  }

  @Test
  void agesAreToldApartUpToAMinute() throws Exception {
    create("lag-old");
    put("lag-old", 2, 1_000);

    assertEquals(new QueueLag.Lag(1, 64), lag("lag-old"));
  }

  private QueueLag.Lag lag(String topic) throws Exception {
    return QueueLag.measured(admin, topic, "readers-of-" + topic, Clock.fixed(now, ZoneOffset.UTC))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static void create(String topic) throws Exception {
    admin.createTopics(Set.of(new NewTopic(topic, 3, (short) 1))).all().get(10, TimeUnit.SECONDS);
  }

  private void put(String topic, int partition, int secondsAgo) throws Exception {
    long at = now.minus(Duration.ofSeconds(secondsAgo)).toEpochMilli();
    producer
        .send(new ProducerRecord<>(topic, partition, at, "key", "value"))
        .get(10, TimeUnit.SECONDS);
  }

  private static void commit(String topic, int partition, long offset) throws Exception {
    admin
        .alterConsumerGroupOffsets(
            "readers-of-" + topic,
            Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
        .all()
        .get(10, TimeUnit.SECONDS);
  }
}
