package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one conversation know of it, to be held against its history.
 *
 * @param said in the order in which they were first sent
 */
record ClientRecord(String conversation, List<Said> said, List<Watch> watches) {

  /**
   * A message of the conversation as somebody read it.
   *
   * @param id the messageId; of a reply it is of no use here
   * @param outcome of a customer's message how its turn ended, of a reply {@code answer} or {@code
   *     fallback}
   * @param covers of a reply the messages that it ends
   */
  record Line(
      long seq, boolean ofCustomer, String id, String text, String outcome, List<Long> covers) {
    /** A message of the wire contract. */
    static Line of(JsonNode json) {
      boolean ofCustomer = json.get("role").asText().equals("customer");
      String ending = json.path("fallback").asBoolean() ? "fallback" : "answer";
      return new Line(
          json.get("seq").asLong(),
          ofCustomer,
          json.get("messageId").asText(),
          json.get("text").asText(),
          ofCustomer ? json.get("outcome").asText() : ending,
          seqs(json.path("covers")));
    }

    static List<Long> seqs(JsonNode array) {
      return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asLong).toList();
    }
  }

  /**
   * A message that a client sent, as often as it had to.
   *
   * @param acks every {@code seq} that it was acknowledged with
   * @param sentNanos when it was first sent
   * @param ackedNanos when it was first acknowledged; of use where there are acks
   * @param outcome how its turn ended; empty where the client does not know
   */
  record Said(
      String id,
      String text,
      List<Long> acks,
      long sentNanos,
      long ackedNanos,
      String outcome,
      @Nullable Line reply) {
    boolean isAcked() {
      return !acks.isEmpty();
    }
  }

  /** A message as a watcher was given it, on its first, second… connection. */
  record Delivery(int connection, Line line) {}

  /** The end of a turn as a watcher was told it. */
  record Ending(int connection, List<Long> seqs, String outcome) {}

  /** Everything that a socket or an event stream was given, over all its connections. */
  record Watch(String name, List<Delivery> deliveries, List<Ending> endings) {}
}
