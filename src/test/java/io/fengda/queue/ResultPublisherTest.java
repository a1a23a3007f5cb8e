package io.fengda.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.typesafe.config.ConfigFactory;
import io.fengda.TestEngine;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.WorkReport;
import io.fengda.tenant.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What workers say, on a real broker. */
class ResultPublisherTest {
  private static final int ATTEMPTS = 20;
  private static final int DELTAS = 3;
  private static final Duration STAY = Duration.ofMillis(5);
  private static final WorkReport WORK =
      new WorkReport(Instant.EPOCH, Duration.ZERO, "b7ad6b7169203331", List.of());

  private final TestEngine engine = TestEngine.get();
  private final QueueSettings settings =
      QueueSettings.from(
          ConfigFactory.parseString(
                  "fengda.queue.bootstrap-servers = \"%s\"".formatted(engine.bootstrapServers()))
              .withFallback(ConfigFactory.load(ConfigFactory.parseResourcesAnySyntax("embedded"))));
  private final RecordPublisher records = RecordPublisher.start(engine.system(), settings);
  private Instant now = Instant.parse("2026-12-01T00:00:00Z");
  private final ResultPublisher results =
      ResultPublisher.create(records, STAY, () -> now, new Random(20261201));
  private final String customer = "c-" + UUID.randomUUID();
  private final KafkaConsumer<String, byte[]> consumer =
      new KafkaConsumer<>(
          Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, engine.bootstrapServers()),
          new StringDeserializer(),
          new ByteArrayDeserializer());

  @BeforeEach
  void readFromNowOn() {
    List<TopicPartition> all =
        consumer.partitionsFor(Topics.RESULTS).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    Awaitility.await().until(() -> records.partitions(Topics.RESULTS).isPresent());
  }

  @AfterEach
  void close() {
    consumer.close();
  }

  @Test
  void whatIsSaidOfAQueryStaysInOnePartitionAndInOrder() {
    List<ResultPublisher.OfAttempt> attempts = attempts();
    for (int delta = 0; delta < DELTAS; delta++) {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        var unused = attempts.get(attempt).publish(delta(attempt, delta), WORK);
        now = now.plus(STAY);
      }
    }

    Map<String, List<ConsumerRecord<String, byte[]>>> read = read(ATTEMPTS * DELTAS);

    assertEquals(ATTEMPTS, read.size());
    Set<Integer> used = new HashSet<>();
    for (List<ConsumerRecord<String, byte[]>> records : read.values()) {
      assertEquals(1, partitions(records).size());
      assertEquals(List.of(0, 1, 2), records.stream().map(ResultPublisherTest::offset).toList());
      used.addAll(partitions(records));
    }
    assertTrue(used.size() > 1, () -> "only the partitions " + used);
  }

  @Test
  void whatIsSaidAtOnceGoesTogether() {
    List<ResultPublisher.OfAttempt> attempts = attempts();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var unused = attempts.get(attempt).publish(delta(attempt, 0), WORK);
    }

    Set<Integer> used =
        read(ATTEMPTS).values().stream()
            .flatMap(records -> partitions(records).stream())
            .collect(Collectors.toSet());

    assertEquals(1, used.size());
  }

  private List<ResultPublisher.OfAttempt> attempts() {
    return IntStream.range(0, ATTEMPTS).mapToObj(attempt -> results.of(query(attempt))).toList();
  }

  private Query query(int attempt) {
    return new Query(
        conversation(attempt),
        new AttemptId("attempt-" + attempt),
        List.of(new Query.Question(1, "怎么退款？")),
        List.of(),
        Language.ZH,
        Instant.now().plusSeconds(10),
        "");
  }

  private ConversationId conversation(int attempt) {
    return ConversationId.of("harbor", customer, "main-" + attempt);
  }

  private static Input.Delta delta(int attempt, int offset) {
    return new Input.Delta(new AttemptId("attempt-" + attempt), offset, "退");
  }

  private static int offset(ConsumerRecord<String, byte[]> record) {
    try {
      return ((Input.Delta) RecordCodec.readFromWorker(record.value()).input()).offset();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<Integer> partitions(List<ConsumerRecord<String, byte[]>> records) {
    return records.stream().map(ConsumerRecord::partition).collect(Collectors.toSet());
  }

  /** What was said, by conversation, each in the order of its partitions. */
  private Map<String, List<ConsumerRecord<String, byte[]>>> read(int count) {
    Map<String, List<ConsumerRecord<String, byte[]>>> read = new HashMap<>();
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                if (record.key().contains(customer)) {
                  read.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record);
                }
              }
              return read.values().stream().mapToInt(List::size).sum() == count;
            });
    return read;
  }
}
