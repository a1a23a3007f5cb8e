package io.fengda.queue;

import akka.Done;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.WorkReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what workers say, with the conversation as key.
 *
 * <p>What is said in one attempt goes to one partition, so that its order holds; attempts need
 * none, for each result and delta names its own. Those that begin to speak together go to the same
 * partition, in one batch: a batch costs Kafka and its readers more than a record.
 */
public final class ResultPublisher {
  private final RecordPublisher records;
  private final StickyChoice choice;

  private ResultPublisher(RecordPublisher records, StickyChoice choice) {
    this.records = records;
    this.choice = choice;
  }

  public static ResultPublisher create(
      RecordPublisher records, QueueSettings settings, RandomGenerator random) {
    return create(records, settings.linger(), InstantSource.system(), random);
  }

  static ResultPublisher create(
      RecordPublisher records, Duration stay, InstantSource clock, RandomGenerator random) {
    return new ResultPublisher(records, new StickyChoice(stay, clock, random));
  }

  /** The way of the attempt that a query is of. */
  public OfAttempt of(Query query) {
    return new OfAttempt(query);
  }

  /** Where no partition can be chosen Kafka's producer does, by the key. */
  private @Nullable Integer partition() {
    OptionalInt partitions = records.partitions(Topics.RESULTS);
    return partitions.isPresent() ? choice.below(partitions.getAsInt()) : null;
  }

  /** What is said in one attempt, in its order. Mutable; used by one stream. */
  public final class OfAttempt {
    private final Query query;
    private @Nullable Integer partition;
    private boolean hasBegun;

    private OfAttempt(Query query) {
      this.query = query;
    }

    /**
     * Done when Kafka has it.
     *
     * @param work what the worker did so far
     */
    public CompletionStage<Done> publish(Input.FromWorker input, WorkReport work) {
      if (!hasBegun) {
        hasBegun = true;
        partition = partition();
      }
      return records.publish(
          new ProducerRecord<>(
              Topics.RESULTS,
              partition,
              query.conversation().entityId(),
              RecordCodec.write(query, input, work),
              List.of(
                  new RecordHeader(
                      QueryPublisher.TRACEPARENT,
                      query.trace().getBytes(StandardCharsets.UTF_8)))));
    }
  }
}
