package io.fengda.http;

import akka.Done;
import akka.NotUsed;
import akka.stream.javadsl.Source;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** Whether this gateway shuts down, for everyone who is connected. Thread-safe. */
final class Drain {
  private final CompletableFuture<Done> began = new CompletableFuture<>();

  void begin() {
    began.complete(Done.getInstance());
  }

  /** One element when the gateway begins to shut down. */
  Source<Done, NotUsed> signal() {
    return Source.completionStage(began.copy());
  }

  /** When a client is to come back: spread, so that a deploy is not a storm. */
  static long retryAfterMillis(HttpSettings settings) {
    return ThreadLocalRandom.current().nextLong(settings.reconnectSpread().toMillis() + 1);
  }
}
