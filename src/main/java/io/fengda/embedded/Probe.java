package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for something that nobody announces. */
final class Probe {
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private Probe() {}

  /** Asks until the answer is yes; false if it was not within the time. */
  static boolean until(Duration max, BooleanSupplier question) throws InterruptedException {
    long startNanos = System.nanoTime();
    while (!question.getAsBoolean()) {
      if (System.nanoTime() - startNanos > max.toNanos()) {
        return false;
      }
      Thread.sleep(INTERVAL);
    }
    return true;
  }

  /** Whether the process has ended, though its parent may not have noticed yet. */
  static boolean hasEnded(ProcessHandle process) {
    return !process.isAlive() || isZombie(process.pid());
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith(") Z", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return false;
    }
  }
}
