package io.fengda.queue;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads {@code fengda.queue}.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param partitions of each topic, when the engine creates it
 * @param replicationFactor of each topic, when the engine creates it
 * @param retention how long Kafka keeps a record
 * @param tenantPartitions how many partitions of the queries one tenant is spread over
 * @param bufferMax records that may wait for Kafka's acknowledgement on this node
 * @param bufferBytes memory that they may take, a batch of each partition at least 64 KiB
 * @param linger how long a record waits for others that go to Kafka with it
 * @param compression of records, by the name that Kafka gives it
 * @param deliveryTimeout how long a record is tried to be given to Kafka
 * @param resultParallelism results that a node delivers to conversations at once
 * @param restartMin the shortest pause before a stream that failed starts again
 * @param restartMax the longest
 * @param topicCheck how often it is made sure that the topics exist
 * @param client settings of Kafka's clients, by Kafka's names
 */
public record QueueSettings(
    String bootstrapServers,
    int partitions,
    short replicationFactor,
    Duration retention,
    int tenantPartitions,
    int bufferMax,
    long bufferBytes,
    Duration linger,
    String compression,
    Duration deliveryTimeout,
    int resultParallelism,
    Duration restartMin,
    Duration restartMax,
    Duration topicCheck,
    Map<String, String> client) {
  /** One request to Kafka has five seconds. */
  private static final Duration DELIVERY_TIMEOUT_MIN = Duration.ofSeconds(6);

  /** Every turn waits for it twice or more. */
  private static final Duration LINGER_MAX = Duration.ofMillis(100);

  /** What is not seen for 20 s makes a node unready. */
  private static final Duration CHECK_MAX = Duration.ofSeconds(10);

  /** A batch for each of the first 64 partitions. */
  private static final long BUFFER_BYTES_MIN = 4L << 20;

  private static final Set<String> COMPRESSIONS = Set.of("none", "gzip", "snappy", "lz4", "zstd");

  public QueueSettings {
    atLeastOne("partitions", partitions);
    atLeastOne("replication-factor", replicationFactor);
    atLeastOne("tenant-partitions", tenantPartitions);
    atLeastOne("buffer-max", bufferMax);
    atLeastOne("result-parallelism", resultParallelism);
    if (bufferBytes < BUFFER_BYTES_MIN) {
      throw new IllegalArgumentException(
          "fengda.queue.buffer-bytes: %d is below %d".formatted(bufferBytes, BUFFER_BYTES_MIN));
    }
    if (linger.isNegative() || linger.compareTo(LINGER_MAX) > 0) {
      throw new IllegalArgumentException(
          "fengda.queue.linger: %s is not from 0 to %s".formatted(linger, LINGER_MAX));
    }
    if (!COMPRESSIONS.contains(compression)) {
      throw new IllegalArgumentException(
          "fengda.queue.compression: '%s' is none of %s"
              .formatted(compression, String.join(", ", new TreeSet<>(COMPRESSIONS))));
    }
    atMost("topic-check", topicCheck, CHECK_MAX);
    atMost("restart-max", restartMax, CHECK_MAX);
    if (deliveryTimeout.compareTo(DELIVERY_TIMEOUT_MIN) < 0) {
      throw new IllegalArgumentException(
          "fengda.queue.delivery-timeout: %s is below %s"
              .formatted(deliveryTimeout, DELIVERY_TIMEOUT_MIN));
    }
  }

  public static QueueSettings from(Config root) {
    Config config = root.getConfig("fengda.queue");
    return new QueueSettings(
        config.getString("bootstrap-servers"),
        config.getInt("partitions"),
        (short) config.getInt("replication-factor"),
        config.getDuration("retention"),
        config.getInt("tenant-partitions"),
        config.getInt("buffer-max"),
        config.getBytes("buffer-bytes"),
        config.getDuration("linger"),
        config.getString("compression"),
        config.getDuration("delivery-timeout"),
        config.getInt("result-parallelism"),
        config.getDuration("restart-min"),
        config.getDuration("restart-max"),
        config.getDuration("topic-check"),
        client(config.getConfig("client")));
  }

  /** Empty ones are as if they were not there. */
  private static Map<String, String> client(Config config) {
    return config.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey, entry -> String.valueOf(entry.getValue().unwrapped())));
  }

  private static void atMost(String key, Duration value, Duration max) {
    if (!value.isPositive() || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "fengda.queue.%s: %s is not above 0 and at most %s".formatted(key, value, max));
    }
  }

  private static void atLeastOne(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("fengda.queue.%s: %d is below 1".formatted(key, value));
    }
  }
}
