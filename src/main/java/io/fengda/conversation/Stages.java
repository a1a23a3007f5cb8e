package io.fengda.conversation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.FutureConverters;

/**
 * Akka's stages go on in the JDK's common pool: a hand-over to another thread for each step. These
 * go on where they were completed, so what follows must be short and must not block.
 */
public final class Stages {
  private Stages() {}

  /** The same outcome, without a hand-over; a failure is not wrapped. */
  public static <T> CompletableFuture<T> direct(CompletionStage<T> stage) {
    CompletableFuture<T> direct = new CompletableFuture<>();
    FutureConverters.asScala(stage)
        .onComplete(
            result ->
                result.isSuccess()
                    ? direct.complete(result.get())
                    : direct.completeExceptionally(result.failed().get()),
            ExecutionContext.parasitic$.MODULE$);
    return direct;
  }
}
