package io.fengda.queue;

import akka.Done;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.WorkReport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Publishes what workers say, keyed by conversation, so that its order holds. */
public final class ResultPublisher {
  private final RecordPublisher records;

  public ResultPublisher(RecordPublisher records) {
    this.records = records;
  }

  /**
   * Done when Kafka has it.
   *
   * @param work what the worker did so far
   */
  public CompletionStage<Done> publish(Query query, Input.FromWorker input, WorkReport work) {
    return records.publish(
        new ProducerRecord<>(
            Topics.RESULTS,
            null,
            query.conversation().entityId(),
            RecordCodec.write(query, input, work),
            List.of(
                new RecordHeader(
                    QueryPublisher.TRACEPARENT, query.trace().getBytes(StandardCharsets.UTF_8)))));
  }
}
