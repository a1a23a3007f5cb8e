package io.fengda.queue;

import io.fengda.proto.queue.v1.DeadRecord;
import io.fengda.telemetry.Metrics;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes where poison records lie, so that they stop nobody and an operator can look at them. What
 * they hold may be what a customer said: it is not copied, and stays where it lies for as long as
 * the note does.
 */
public final class DeadLetters {
  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private final RecordPublisher records;
  private final Metrics metrics;

  public DeadLetters(RecordPublisher records, Metrics metrics) {
    this.records = records;
    this.metrics = metrics;
  }

  public void put(ConsumerRecord<String, byte[]> poison, Exception reason) {
    metrics.recordLost(poison.topic(), "poison");
    log.warn(
        "poison record {}-{}@{}: {}",
        poison.topic(),
        poison.partition(),
        poison.offset(),
        reason.getClass().getSimpleName());
    DeadRecord dead =
        DeadRecord.newBuilder()
            .setTopic(poison.topic())
            .setPartition(poison.partition())
            .setOffset(poison.offset())
            .setReason(reason.getClass().getSimpleName())
            .setBytes(poison.value() == null ? 0 : poison.value().length)
            .build();
    boolean unused = records.offer(new ProducerRecord<>(Topics.DEAD, dead.toByteArray()));
  }
}
