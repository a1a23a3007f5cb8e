package io.fengda.chaos;

import java.time.Duration;
import java.util.function.IntConsumer;

/** Something that is done again and again, in a thread of its own, until it is closed. */
final class Repeated implements AutoCloseable {
  private final Thread thread;
  private volatile boolean over;

  private Repeated(Duration pace, IntConsumer action) {
    thread =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  for (int times = 0; !over; times++) {
                    action.accept(times);
                    ClientContext.pause(pace);
                  }
                });
  }

  /**
   * Begins at once.
   *
   * @param pace the pause between two times
   * @param action gets how often it was done before
   */
  static Repeated every(Duration pace, IntConsumer action) {
    Repeated repeated = new Repeated(pace, action);
    repeated.thread.start();
    return repeated;
  }

  /** Waits until the last time is over. */
  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
