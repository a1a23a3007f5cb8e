package io.fengda.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Consumers of the engine's groups that come, read without a commit, and go. */
final class Churn {
  private static final List<String> TOPICS = List.of("fengda.queries.text", "fengda.results");
  private static final Duration STAY = Duration.ofSeconds(2);

  private Churn() {}

  /** One consumer a group at a time, each for 2 s. */
  static void run(String bootstrapServers, Duration duration) {
    long untilNanos = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() - untilNanos < 0) {
      try (var workers = join(bootstrapServers, 0);
          var conversations = join(bootstrapServers, 1)) {
        long leaveNanos = System.nanoTime() + STAY.toNanos();
        while (System.nanoTime() - leaveNanos < 0) {
          workers.poll(Duration.ofMillis(100));
          conversations.poll(Duration.ofMillis(100));
        }
      }
    }
  }

  private static KafkaConsumer<byte[], byte[]> join(String bootstrapServers, int leg) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.GROUP_ID_CONFIG,
                Lab.GROUPS.get(leg),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(TOPICS.get(leg)));
    return consumer;
  }
}
