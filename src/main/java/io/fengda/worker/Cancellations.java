package io.fengda.worker;

import akka.stream.UniqueKillSwitch;
import io.fengda.conversation.model.AttemptId;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Attempts that nobody waits for any more: those that run are cut off, those still in Kafka are not
 * started. An attempt that has run here is not started again. Bounded: the oldest are forgotten
 * first, and all at their deadline. Thread-safe.
 */
final class Cancellations {
  private final int max;
  private final LinkedHashMap<AttemptId, Instant> cancelled = new LinkedHashMap<>();
  private final LinkedHashMap<AttemptId, Instant> ended = new LinkedHashMap<>();
  private final Map<AttemptId, UniqueKillSwitch> running = new HashMap<>();

  Cancellations(int max) {
    this.max = max;
  }

  /** Cuts the attempt off if it runs, or remembers it for when it comes. */
  synchronized void cancel(AttemptId attempt, Instant deadline, Instant now) {
    UniqueKillSwitch call = running.get(attempt);
    if (call != null) {
      call.shutdown();
      return;
    }
    remember(cancelled, attempt, deadline, now);
  }

  /** Whether the attempt was cancelled before it began. */
  synchronized boolean isCancelled(AttemptId attempt) {
    return cancelled.containsKey(attempt);
  }

  /** Whether the attempt runs or has run: Kafka may bring a query twice. */
  synchronized boolean isKnown(AttemptId attempt) {
    return running.containsKey(attempt) || ended.containsKey(attempt);
  }

  /** The attempt runs, and this is how to cut it off; at once, if it was cancelled meanwhile. */
  synchronized void started(AttemptId attempt, UniqueKillSwitch call) {
    running.put(attempt, call);
    if (cancelled.remove(attempt) != null) {
      call.shutdown();
    }
  }

  synchronized void ended(AttemptId attempt, Instant deadline, Instant now) {
    running.remove(attempt);
    remember(ended, attempt, deadline, now);
  }

  /** Entries come about in order of their deadlines: the first that is not over ends the search. */
  private void remember(
      SequencedMap<AttemptId, Instant> attempts, AttemptId attempt, Instant deadline, Instant now) {
    while (!attempts.isEmpty()
        && (attempts.size() >= max || now.isAfter(attempts.firstEntry().getValue()))) {
      attempts.pollFirstEntry();
    }
    attempts.put(attempt, deadline);
  }
}
