package io.fengda.conversation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import scala.compat.java8.FutureConverters;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;

/**
 * Stages that Akka gives go on in the JDK's common pool: a hand-over to another thread for each
 * step. These go on where they were completed: what follows must be short and must not block.
 */
public final class Stages {
  private Stages() {}

  /** The same outcome, without a hand-over; a failure is not wrapped. */
  public static <T> CompletableFuture<T> direct(CompletionStage<T> akkas) {
    return direct(FutureConverters.toScala(akkas));
  }

  public static <T> CompletableFuture<T> direct(Future<T> future) {
    CompletableFuture<T> direct = new CompletableFuture<>();
    future.onComplete(
        result ->
            result.isSuccess()
                ? direct.complete(result.get())
                : direct.completeExceptionally(result.failed().get()),
        ExecutionContext.parasitic$.MODULE$);
    return direct;
  }
}
