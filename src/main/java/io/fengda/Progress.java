package io.fengda;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Says what the start is doing, a line a step, with the time since it began. */
public final class Progress {
  private final PrintStream out;
  private final InstantSource clock;
  private final Instant began;

  private Progress(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.began = clock.instant();
  }

  public static Progress on(PrintStream out) {
    return new Progress(out, InstantSource.system());
  }

  public void step(String what) {
    double seconds = Duration.between(began, clock.instant()).toMillis() / 1000.0;
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, what));
  }

  public void say(String line) {
    out.println(line);
    out.flush();
  }
}
