package io.fengda.journal;

import akka.Done;
import akka.persistence.r2dbc.internal.R2dbcExecutor;
import io.fengda.conversation.Stages;
import io.fengda.telemetry.Metrics;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Writes a group in one transaction, and tells each of its writes what became of it. Thread-safe.
 *
 * <p>Where the database says that nothing was written, because of one write's content (a taken
 * number above all) or of another transaction in the way, the group is tried by halves, so that
 * only the write that is to blame fails. Where the outcome is unknown, or the database away, all of
 * it fails, as a single write would, and what was not begun with it.
 */
final class GroupWriter {
  /**
   * SQLSTATEs after which nothing is written and others may well be: data exception, integrity
   * violation, deadlock, lock time-out, statement time-out.
   */
  private static final Set<String> WITHOUT_EFFECT = Set.of("22", "23", "40P01", "55P03", "57014");

  private final R2dbcExecutor database;
  private final EventInsert insert;
  private final Duration writeTimeout;
  private final Metrics metrics;

  GroupWriter(R2dbcExecutor database, EventInsert insert, Duration writeTimeout, Metrics metrics) {
    this.database = database;
    this.insert = insert;
    this.writeTimeout = writeTimeout;
    this.metrics = metrics;
  }

  /** Done when it is known of each write what became of it; never fails. */
  CompletionStage<Done> write(List<PendingWrite> group) {
    return tryToWrite(group).exceptionally(failure -> Done.getInstance());
  }

  /** Fails where the database is away: nothing else is to be tried now. */
  private CompletionStage<Done> tryToWrite(List<PendingWrite> all) {
    List<PendingWrite> group = withoutOverdue(all);
    if (group.isEmpty()) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    return execute(group)
        .handle(
            (rows, failure) -> failure == null ? succeeded(group) : failed(group, causeOf(failure)))
        .thenCompose(done -> done);
  }

  /** Those that their writers have not given up; who has, recovers and waits for what comes. */
  private List<PendingWrite> withoutOverdue(List<PendingWrite> group) {
    long now = System.nanoTime();
    List<PendingWrite> overdue = group.stream().filter(write -> isOverdue(write, now)).toList();
    fail(overdue, new TimeoutException("waited for the journal for " + writeTimeout));
    return overdue.isEmpty()
        ? group
        : group.stream().filter(write -> !isOverdue(write, now)).toList();
  }

  private boolean isOverdue(PendingWrite write, long now) {
    return now - write.since() >= writeTimeout.toNanos();
  }

  /** Ends writes without effect, or with an effect that nobody knows. */
  private static void fail(Collection<PendingWrite> writes, Throwable failure) {
    writes.forEach(write -> write.written().completeExceptionally(failure));
  }

  /** In the order of their ids, so that no two groups wait for each other. */
  private CompletionStage<Long> execute(List<PendingWrite> group) {
    List<NewEvent> events =
        group.stream()
            .sorted(Comparator.comparing(PendingWrite::persistenceId))
            .flatMap(write -> write.events().stream())
            .toList();
    long begun = System.nanoTime();
    return Stages.direct(database.updateOne("insert", connection -> insert.of(connection, events)))
        .thenApply(
            written -> {
              if ((long) written != events.size()) {
                throw new IllegalStateException(
                    "%s rows written of %d".formatted(written, events.size()));
              }
              metrics.journalWritten(events.size(), Duration.ofNanos(System.nanoTime() - begun));
              return (long) written;
            });
  }

  private static CompletionStage<Done> succeeded(List<PendingWrite> group) {
    group.forEach(write -> write.written().complete(Done.getInstance()));
    return CompletableFuture.completedStage(Done.getInstance());
  }

  private CompletionStage<Done> failed(List<PendingWrite> group, Throwable failure) {
    boolean isWithoutEffect = isWithoutEffect(failure);
    if (isWithoutEffect && group.size() > 1) {
      List<PendingWrite> second = group.subList(group.size() / 2, group.size());
      return tryToWrite(group.subList(0, group.size() / 2))
          .whenComplete(
              (done, away) -> {
                if (away != null) {
                  fail(second, causeOf(away));
                }
              })
          .thenCompose(done -> tryToWrite(second));
    }
    fail(group, failure);
    return isWithoutEffect
        ? CompletableFuture.completedStage(Done.getInstance())
        : CompletableFuture.failedStage(failure);
  }

  private static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static boolean isWithoutEffect(Throwable failure) {
    return failure instanceof R2dbcException refused
        && refused.getSqlState() != null
        && WITHOUT_EFFECT.stream().anyMatch(refused.getSqlState()::startsWith);
  }
}
