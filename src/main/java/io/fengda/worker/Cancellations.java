package io.fengda.worker;

import akka.stream.UniqueKillSwitch;
import io.fengda.conversation.model.AttemptId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Attempts that nobody waits for any more: those that run are cut off, those still in Kafka are not
 * started. Bounded: the oldest are forgotten first, and all at their deadline. Thread-safe.
 */
final class Cancellations {
  private final int max;
  private final LinkedHashMap<AttemptId, Instant> cancelled = new LinkedHashMap<>();
  private final Map<AttemptId, UniqueKillSwitch> running = new LinkedHashMap<>();

  Cancellations(int max) {
    this.max = max;
  }

  /** Cuts the attempt off if it runs, or remembers it for when it comes. */
  synchronized void cancel(AttemptId attempt, Instant deadline, Instant now) {
    UniqueKillSwitch call = running.remove(attempt);
    if (call != null) {
      call.shutdown();
      return;
    }
    cancelled.values().removeIf(now::isAfter);
    if (cancelled.size() >= max) {
      cancelled.pollFirstEntry();
    }
    cancelled.put(attempt, deadline);
  }

  /** Whether the attempt was cancelled before it began. */
  synchronized boolean isCancelled(AttemptId attempt) {
    return cancelled.containsKey(attempt);
  }

  /** The attempt runs, and this is how to cut it off; at once, if it was cancelled meanwhile. */
  synchronized void started(AttemptId attempt, UniqueKillSwitch call) {
    if (cancelled.remove(attempt) != null) {
      call.shutdown();
    } else {
      running.put(attempt, call);
    }
  }

  synchronized void ended(AttemptId attempt) {
    running.remove(attempt);
  }
}
