package io.fengda.chaos;

import io.fengda.chaos.ClientRecord.Delivery;
import io.fengda.chaos.ClientRecord.Ending;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.ClientRecord.Said;
import io.fengda.chaos.ClientRecord.Watch;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the clients of one customer have said and seen so far. Thread-safe. */
final class Dialogue {
  private final String customer;
  private final String token;
  private final Map<String, Said> said = new LinkedHashMap<>();
  private final Map<String, Long> endedNanos = new LinkedHashMap<>();
  private final Map<String, List<Delivery>> deliveries = new LinkedHashMap<>();
  private final Map<String, List<Ending>> endings = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();
  private long newestAnsweredNanos = Long.MIN_VALUE;
  private long newestSeq;
  private int open;

  Dialogue(String customer, String token) {
    this.customer = customer;
    this.token = token;
  }

  /** A turn as its client lived it. */
  record Turn(String message, long sentNanos, long endedNanos, String outcome) {
    double seconds() {
      return (endedNanos - sentNanos) / 1e9;
    }

    /** For people who look into the logs of the nodes. */
    @Override
    public String toString() {
      Instant sent = Instant.now().minusNanos(System.nanoTime() - sentNanos);
      return "%s sent %s, %s after %.1f s"
          .formatted(message, sent.truncatedTo(ChronoUnit.MILLIS), outcome, seconds());
    }
  }

  String customer() {
    return customer;
  }

  String token() {
    return token;
  }

  /** A new message, about to be sent for the first time. */
  synchronized Said begin() {
    String id = "m-" + (said.size() + 1);
    String text = "%s asks 第 %d 个问题".formatted(customer, said.size() + 1);
    Said one = new Said(id, text, List.of(), System.nanoTime(), 0, "", null);
    said.put(id, one);
    open++;
    return one;
  }

  synchronized void acked(String id, long seq) {
    Said before = said.get(id);
    if (before != null && !before.acks().contains(seq)) {
      newestSeq = Math.max(newestSeq, seq);
      List<Long> acks = new ArrayList<>(before.acks());
      acks.add(seq);
      long at = before.isAcked() ? before.ackedNanos() : System.nanoTime();
      put(before, acks, at, before.outcome(), before.reply());
    }
  }

  synchronized void ended(String id, String outcome, @Nullable Line reply) {
    Said before = said.get(id);
    if (before != null && before.outcome().isEmpty()) {
      put(before, before.acks(), before.ackedNanos(), outcome, reply);
      endedNanos.put(id, System.nanoTime());
      open--;
      newestSeq = reply == null ? newestSeq : Math.max(newestSeq, reply.seq());
      if (outcome.equals("answer")) {
        newestAnsweredNanos = Math.max(newestAnsweredNanos, before.sentNanos());
      }
    }
  }

  /** The turn of a customer's message, which the client knows by its seq, has ended. */
  synchronized void ended(long seq, String outcome, @Nullable Line reply) {
    said.values().stream()
        .filter(one -> one.acks().contains(seq))
        .findFirst()
        .ifPresent(one -> ended(one.id(), outcome, reply));
  }

  /** The client gives a message up. */
  synchronized void failed(String id, String why) {
    failures.add("%s %s: %s".formatted(customer, id, why));
    open--;
  }

  /** The client itself came to an end that it should not have. */
  synchronized void broke(RuntimeException e) {
    failures.add(customer + ": the client broke: " + e);
  }

  synchronized void delivered(String watch, int connection, Line line) {
    deliveries
        .computeIfAbsent(watch, name -> new ArrayList<>())
        .add(new Delivery(connection, line));
  }

  synchronized void told(String watch, Ending ending) {
    endings.computeIfAbsent(watch, name -> new ArrayList<>()).add(ending);
  }

  /** The newest seq that the watcher was given. */
  synchronized long lastSeq(String watch) {
    List<Delivery> all = deliveries.get(watch);
    return all == null ? 0 : all.getLast().line().seq();
  }

  /** Whether every watcher was given what anybody knows of. */
  synchronized boolean isSeenByAll() {
    return deliveries.keySet().stream().allMatch(watch -> lastSeq(watch) >= newestSeq);
  }

  /** Messages whose end the client waits for. */
  synchronized int open() {
    return open;
  }

  synchronized boolean isOpen(String id) {
    return Objects.requireNonNull(said.get(id)).outcome().isEmpty();
  }

  synchronized boolean isAcked(String id) {
    return Objects.requireNonNull(said.get(id)).isAcked();
  }

  /** Whether a message that was first sent after that time has got a real answer. */
  synchronized boolean isAnsweredSince(long nanos) {
    return newestAnsweredNanos - nanos > 0 && newestAnsweredNanos != Long.MIN_VALUE;
  }

  /** Turns that ended after that time, or have not ended yet: those end now. */
  synchronized List<Turn> turnsSince(long nanos) {
    long now = System.nanoTime();
    return said.values().stream()
        .map(
            one ->
                new Turn(
                    customer + " " + one.id(), one.sentNanos(), endedAt(one, now), one.outcome()))
        .filter(turn -> turn.endedNanos() > nanos)
        .toList();
  }

  private long endedAt(Said one, long now) {
    return Optional.ofNullable(endedNanos.get(one.id())).orElse(now);
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  synchronized ClientRecord record() {
    List<Watch> watches =
        deliveries.keySet().stream()
            .map(
                name ->
                    new Watch(
                        name,
                        List.copyOf(deliveries.get(name)),
                        List.copyOf(endings.getOrDefault(name, List.of()))))
            .toList();
    return new ClientRecord(customer, List.copyOf(said.values()), watches);
  }

  private void put(
      Said before, List<Long> acks, long ackedNanos, String outcome, @Nullable Line reply) {
    said.put(
        before.id(),
        new Said(before.id(), before.text(), acks, before.sentNanos(), ackedNanos, outcome, reply));
  }
}
