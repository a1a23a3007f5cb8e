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
record PendingWrite(List<EventRow> rows, long since, CompletableFuture<Done> written) {
  PendingWrite(List<EventRow> rows, long since) {
    this(rows, since, new CompletableFuture<>());
  }

  String persistenceId() {
    return rows.getFirst().persistenceId();
  }

  int events() {
    return rows.size();
  }
}
