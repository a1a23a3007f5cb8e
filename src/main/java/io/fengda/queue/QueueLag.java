package io.fengda.queue;

import akka.actor.typed.ActorSystem;
import io.fengda.telemetry.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a group of consumers is behind, as metrics for who scales it. Asks the broker and not the
 * consumers: it also tells when none of them is left. What is worked on counts until it is
 * committed, about a second after its end. Every node that measures tells the same: take the
 * maximum.
 */
public final class QueueLag {
  private static final Logger log = LoggerFactory.getLogger(QueueLag.class);

  /** The ages that are told apart. */
  private static final List<Integer> AGES_SECONDS = List.of(1, 2, 4, 8, 16, 32, 64);

  private final Admin admin;
  private final String topic;
  private final String group;
  private final Clock clock = Clock.systemUTC();
  private volatile Lag lag = Lag.UNKNOWN;

  /**
   * What the group has not finished.
   *
   * @param records that are not committed
   * @param oldestSeconds the age of the oldest of them, rounded down to 0 or a power of two up to
   *     64
   */
  record Lag(double records, double oldestSeconds) {
    static final Lag UNKNOWN = new Lag(Double.NaN, Double.NaN);
  }

  private QueueLag(Admin admin, String topic, String group) {
    this.admin = admin;
    this.topic = topic;
    this.group = group;
  }

  /** Measures again and again, as often as the topics are checked. */
  public static void start(
      ActorSystem<?> system, QueueSettings settings, String topic, String group, Metrics metrics) {
    QueueLag lag = new QueueLag(Topics.admin(settings, settings.topicCheck()), topic, group);
    metrics.behind(topic, () -> lag.lag.records(), () -> lag.lag.oldestSeconds());
    var measuring =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                settings.topicCheck(),
                settings.topicCheck(),
                lag::measure,
                system.executionContext());
    var unused =
        system
            .getWhenTerminated()
            .thenRun(
                () -> {
                  measuring.cancel();
                  lag.admin.close(Duration.ZERO);
                });
  }

  private void measure() {
    var unused =
        measured(admin, topic, group, clock)
            .whenComplete(
                (measured, failure) -> {
                  if (failure == null) {
                    lag = measured;
                  } else {
                    lag = Lag.UNKNOWN;
                    log.debug("how far {} is behind is not known: {}", group, failure.toString());
                  }
                });
  }

  static CompletionStage<Lag> measured(Admin admin, String topic, String group, Clock clock) {
    long now = clock.millis();
    return partitions(admin, topic)
        .thenCompose(
            partitions ->
                committed(admin, group)
                    .thenCombine(offsets(admin, partitions, OffsetSpec.earliest()), QueueLag::from)
                    .thenCombine(offsets(admin, partitions, OffsetSpec.latest()), QueueLag::firsts))
        .thenCompose(
            behind ->
                oldest(admin, behind.firsts(), now)
                    .thenApply(seconds -> new Lag(behind.records(), seconds)));
  }

  /** The first record of each partition that is not committed, and how many there are in all. */
  private record Behind(Map<TopicPartition, Long> firsts, long records) {}

  /** Where the group goes on: retention may have deleted what it had not read. */
  private static Map<TopicPartition, Long> from(
      Map<TopicPartition, OffsetAndMetadata> committed,
      Map<TopicPartition, ListOffsetsResultInfo> earliest) {
    Map<TopicPartition, Long> from = new HashMap<>();
    earliest.forEach(
        (partition, first) -> {
          OffsetAndMetadata last = committed.get(partition);
          from.put(
              partition, last == null ? first.offset() : Math.max(last.offset(), first.offset()));
        });
    return from;
  }

  private static Behind firsts(
      Map<TopicPartition, Long> from, Map<TopicPartition, ListOffsetsResultInfo> ends) {
    Map<TopicPartition, Long> firsts = new HashMap<>();
    long records = 0;
    for (Map.Entry<TopicPartition, Long> one : from.entrySet()) {
      ListOffsetsResultInfo end = ends.get(one.getKey());
      if (end != null && one.getValue() < end.offset()) {
        firsts.put(one.getKey(), one.getValue());
        records += end.offset() - one.getValue();
      }
    }
    return new Behind(firsts, records);
  }

  /** Some partition's first record is as old, if the first that is newer comes behind it. */
  private static CompletionStage<Integer> oldest(
      Admin admin, Map<TopicPartition, Long> firsts, long nowMillis) {
    CompletionStage<Integer> oldest = CompletableFuture.completedStage(0);
    if (firsts.isEmpty()) {
      return oldest;
    }
    for (int seconds : AGES_SECONDS) {
      OffsetSpec since = OffsetSpec.forTimestamp(nowMillis - 1_000L * seconds);
      oldest =
          oldest.thenCombine(
              offsets(admin, List.copyOf(firsts.keySet()), since),
              (found, newer) ->
                  newer.entrySet().stream()
                          .anyMatch(at -> isBefore(firsts.get(at.getKey()), at.getValue()))
                      ? seconds
                      : found);
    }
    return oldest;
  }

  private static boolean isBefore(@Nullable Long first, ListOffsetsResultInfo newer) {
    return first != null && (newer.offset() < 0 || first < newer.offset());
  }

  private static CompletionStage<List<TopicPartition>> partitions(Admin admin, String topic) {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .thenApply(
            topics ->
                topics.values().stream()
                    .flatMap(described -> described.partitions().stream())
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
  }

  private static CompletionStage<Map<TopicPartition, OffsetAndMetadata>> committed(
      Admin admin, String group) {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .toCompletionStage();
  }

  private static CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec) {
    return admin
        .listOffsets(
            partitions.stream().collect(Collectors.toMap(Function.identity(), any -> spec)))
        .all()
        .toCompletionStage();
  }
}
