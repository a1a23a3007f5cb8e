package io.fengda.journal;

import akka.Done;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Events of one persistence id that are written all or none.
 *
 * @param since when it began to wait, of {@link System#nanoTime}
 * @param written done when the journal has them; a failure may leave the outcome unknown
 */
record PendingWrite(List<NewEvent> events, long since, CompletableFuture<Done> written) {
  PendingWrite(List<NewEvent> events, long since) {
    this(events, since, new CompletableFuture<>());
  }

  String persistenceId() {
    return events.getFirst().persistenceId();
  }

  int size() {
    return events.size();
  }
}
