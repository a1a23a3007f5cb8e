package io.fengda.journal;

import akka.Done;
import akka.persistence.r2dbc.internal.R2dbcExecutor;
import io.fengda.conversation.Stages;
import io.r2dbc.spi.R2dbcException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import scala.jdk.javaapi.FutureConverters;

/**
 * Writes a group in one transaction, and tells each of its writes what became of it. Thread-safe.
 *
 * <p>What the database refuses because of its content, a taken number above all, leaves nothing of
 * the group: each write of it is then one of its own, and fails alone. Where the outcome is
 * unknown, or the database away, all writes of the group fail, as a single write would.
 */
final class GroupWriter {
  /** Classes of SQLSTATE that say what is wrong with a row: data exception, integrity violation. */
  private static final Set<String> CONTENT_ERRORS = Set.of("22", "23");

  private final R2dbcExecutor database;
  private final EventInsert insert;

  GroupWriter(R2dbcExecutor database, EventInsert insert) {
    this.database = database;
    this.insert = insert;
  }

  /** Done when it is known of each write what became of it; never fails. */
  CompletionStage<Done> write(List<PendingWrite> group) {
    return execute(group)
        .handle((rows, failure) -> failure == null ? succeeded(group) : failed(group, failure))
        .thenCompose(done -> done);
  }

  /** Refuses writes of which nothing is in the journal. */
  static void fail(Collection<PendingWrite> writes, Throwable failure) {
    writes.forEach(write -> write.written().completeExceptionally(failure));
  }

  private CompletionStage<Long> execute(List<PendingWrite> group) {
    List<EventRow> rows = group.stream().flatMap(write -> write.rows().stream()).toList();
    return Stages.direct(
            FutureConverters.asJava(
                database.updateOne("insert", connection -> insert.of(connection, rows))))
        .thenApply(
            written -> {
              if ((long) written != rows.size()) {
                throw new IllegalStateException(
                    "%s rows written of %d".formatted(written, rows.size()));
              }
              return (long) written;
            });
  }

  private static CompletionStage<Done> succeeded(List<PendingWrite> group) {
    group.forEach(write -> write.written().complete(Done.getInstance()));
    return CompletableFuture.completedStage(Done.getInstance());
  }

  private CompletionStage<Done> failed(List<PendingWrite> group, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    CompletionStage<Done> done = CompletableFuture.completedStage(Done.getInstance());
    if (group.size() == 1 || !isOfContent(cause)) {
      fail(group, cause);
      return done;
    }
    for (PendingWrite write : group) {
      done = done.thenCompose(before -> write(List.of(write)));
    }
    return done;
  }

  private static boolean isOfContent(Throwable failure) {
    return failure instanceof R2dbcException refused
        && refused.getSqlState() != null
        && CONTENT_ERRORS.contains(refused.getSqlState().substring(0, 2));
  }
}
