package io.fengda.embedded;

import java.time.Duration;
import java.util.Optional;

/** An eye on the process that started this JVM, for launchers that do not end what they started. */
public final class ParentWatch {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private ParentWatch() {}

  /**
   * Calls once, within about a second and on a daemon thread of its own, when the parent process of
   * now has died; never where the parent is unknown.
   */
  public static void start(Runnable onOrphaned) {
    parentPid().ifPresent(parent -> watch(parent, onOrphaned));
  }

  private static void watch(long parent, Runnable onOrphaned) {
    Thread.ofPlatform().name("parent-watch").daemon().start(() -> await(parent, onOrphaned));
  }

  private static void await(long parent, Runnable onOrphaned) {
    try {
      // An orphan is given to another parent at once, even while its own is still a zombie.
      while (parentPid().filter(now -> now == parent).isPresent()) {
        Thread.sleep(INTERVAL);
      }
      onOrphaned.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Long> parentPid() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid);
  }
}
