package io.fengda.worker;

import akka.Done;
import io.fengda.tenant.TenantId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many queries of each tenant run at once on this worker. What is beyond waits aside, in
 * order, and in nobody else's way. Thread-safe.
 */
final class TenantLanes {
  private final int runningMax;
  private final int waitingMax;
  private final Map<TenantId, Lane> lanes = new HashMap<>();

  /** Of one tenant; gone when nothing runs. */
  private static final class Lane {
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int running;
  }

  private record Waiting(Supplier<CompletionStage<Done>> work, CompletableFuture<Done> done) {}

  /**
   * Makes empty lanes.
   *
   * @param runningMax queries of one tenant that run at once
   * @param waitingMax queries of one tenant that may wait
   */
  TenantLanes(int runningMax, int waitingMax) {
    this.runningMax = runningMax;
    this.waitingMax = waitingMax;
  }

  /**
   * Runs the work, now or when it is its turn; empty where too many wait already.
   *
   * @param work must not fail; is called on any thread
   */
  Optional<CompletionStage<Done>> run(TenantId tenant, Supplier<CompletionStage<Done>> work) {
    synchronized (this) {
      Lane lane = lanes.computeIfAbsent(tenant, id -> new Lane());
      if (lane.running >= runningMax) {
        if (lane.waiting.size() >= waitingMax) {
          return Optional.empty();
        }
        CompletableFuture<Done> done = new CompletableFuture<>();
        lane.waiting.add(new Waiting(work, done));
        return Optional.of(done);
      }
      lane.running++;
    }
    return Optional.of(work.get().whenComplete((done, failure) -> ended(tenant)));
  }

  /** Runs what waits; one after the other where each ends at once. */
  private void ended(TenantId tenant) {
    Waiting next = next(tenant);
    while (next != null) {
      Waiting current = next;
      CompletableFuture<Done> work = current.work().get().toCompletableFuture();
      if (!work.isDone()) {
        var unused =
            work.whenComplete(
                (done, failure) -> {
                  complete(current, failure);
                  ended(tenant);
                });
        return;
      }
      complete(current, work.isCompletedExceptionally() ? work.exceptionNow() : null);
      next = next(tenant);
    }
  }

  private static void complete(Waiting waiting, @Nullable Throwable failure) {
    if (failure == null) {
      waiting.done().complete(Done.getInstance());
    } else {
      waiting.done().completeExceptionally(failure);
    }
  }

  /** What takes the place of a query that ended, if anything waits. */
  private synchronized @Nullable Waiting next(TenantId tenant) {
    Lane lane = lanes.get(tenant);
    if (lane == null) {
      throw new IllegalStateException("nothing ran for " + tenant);
    }
    Waiting next = lane.waiting.poll();
    if (next == null && --lane.running == 0) {
      lanes.remove(tenant);
    }
    return next;
  }

  /** Queries that wait, of all tenants. */
  synchronized int waiting() {
    return lanes.values().stream().mapToInt(lane -> lane.waiting.size()).sum();
  }
}
