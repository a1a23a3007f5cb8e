package io.fengda.queue;

import io.fengda.conversation.Queries;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Query;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Publishes queries and cancels.
 *
 * <p>One open turn needs no order, so a query goes to any of the partitions of its tenant's share,
 * and those that come together go together: a tenant that floods its own leaves the others' alone.
 */
public final class QueryPublisher implements Queries {
  /** The header that W3C Trace Context travels in. */
  public static final String TRACEPARENT = "traceparent";

  private final RecordPublisher records;
  private final TenantPartitions partitions;

  private QueryPublisher(RecordPublisher records, TenantPartitions partitions) {
    this.records = records;
    this.partitions = partitions;
  }

  /**
   * Makes the publisher.
   *
   * @param partitions how many the topic of the queries has
   */
  public static QueryPublisher create(
      RecordPublisher records, int partitions, QueueSettings settings, RandomGenerator random) {
    return new QueryPublisher(
        records,
        new TenantPartitions(
            partitions,
            settings.tenantPartitions(),
            new StickyChoice(settings.linger(), InstantSource.system(), random)));
  }

  @Override
  public boolean publish(Query query) {
    return records.offer(
        new ProducerRecord<>(
            Topics.QUERIES,
            partitions.next(query.conversation().tenant()),
            query.conversation().tenant().value(),
            RecordCodec.write(query),
            List.of(
                new RecordHeader(TRACEPARENT, query.trace().getBytes(StandardCharsets.UTF_8)))));
  }

  @Override
  public void cancel(AttemptId attempt, Instant deadline) {
    boolean unused =
        records.offer(
            new ProducerRecord<>(
                Topics.CANCELS, attempt.value(), RecordCodec.writeCancel(attempt, deadline)));
  }

  @Override
  public boolean hasRoom() {
    return records.hasRoom();
  }
}
