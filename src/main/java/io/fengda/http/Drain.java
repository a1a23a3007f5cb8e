package io.fengda.http;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Source;
import java.util.concurrent.ThreadLocalRandom;

/** Whether this gateway shuts down, for everyone who is connected. Thread-safe. */
final class Drain {
  /** Its flows unregister when their stream ends, unlike callbacks on a future. */
  private final SharedKillSwitch open = KillSwitches.shared("drain");

  private volatile boolean began;

  void begin() {
    began = true;
    open.shutdown();
  }

  /** Whether new work is to go to another node. */
  boolean hasBegun() {
    return began;
  }

  /** One element when the gateway begins to shut down. */
  Source<Done, NotUsed> signal() {
    return Source.<Done>maybe()
        .viaMat(open.flow(), (unused, alsoUnused) -> NotUsed.getInstance())
        .concat(Source.single(Done.getInstance()));
  }

  /** When a client is to come back: spread, so that a deploy is not a storm. */
  static long retryAfterMillis(HttpSettings settings) {
    return ThreadLocalRandom.current().nextLong(settings.reconnectSpread().toMillis() + 1);
  }
}
