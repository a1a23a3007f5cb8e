package io.fengda.conversation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How many turns may be open on this node, so that none waits long in a queue. Thread-safe.
 *
 * <p>The signal is the queueing time: what of a turn's time nobody worked on it. (CPU tells nothing
 * of an overload, and the whole time tells of slow vendors; see DAGOR, "Overload control for
 * scaling WeChat microservices", 2018.) Where its mean over a window is above the target, the limit
 * falls in proportion; where it is below and the limit is nearly reached, it rises (additive
 * increase and multiplicative decrease). Turns that began before the last change tell nothing of it
 * and are left out.
 */
final class LoadLimit {
  private static final Duration WINDOW = Duration.ofMillis(100);
  private static final Duration QUIET = Duration.ofSeconds(1);
  private static final int SAMPLES_MIN = 10;
  private static final double FALL_MAX = 0.5;
  private static final double FALL_MIN = 0.9;
  private static final double RISE = 1.1;
  private static final double NEARLY = 0.7;

  private final int min;
  private final int max;
  private final Duration target;
  private final Clock clock;
  private volatile int limit;
  private Instant changedAt;
  private Instant windowFrom;
  private long waitedMillis;
  private int samples;
  private int openMax;
  private boolean isReached;

  /**
   * Makes a limit that begins at its maximum.
   *
   * @param target the mean queueing time that is aimed at
   */
  LoadLimit(int min, int max, Duration target, Clock clock) {
    this.min = min;
    this.max = max;
    this.target = target;
    this.clock = clock;
    this.limit = max;
    this.changedAt = clock.instant();
    this.windowFrom = changedAt;
  }

  static LoadLimit of(ConversationSettings settings, Clock clock) {
    return new LoadLimit(
        settings.openTurnsMin(), settings.openTurnsMax(), settings.queueingTarget(), clock);
  }

  int limit() {
    return limit;
  }

  /** A turn came in and found no place. */
  synchronized void reached() {
    isReached = true;
    evaluate();
  }

  /**
   * A turn came back.
   *
   * @param wait the part of its time that nobody worked on it
   * @param since when it began
   * @param open turns that are open now
   */
  synchronized void waited(Duration wait, Instant since, int open) {
    isReached |= open >= NEARLY * limit;
    if (since.isBefore(changedAt)) {
      return;
    }
    waitedMillis += wait.toMillis();
    samples++;
    openMax = Math.max(openMax, open);
    if (samples >= SAMPLES_MIN) {
      evaluate();
    }
  }

  /**
   * Falls on evidence; rises on evidence, or where none comes: slow vendors keep turns for long.
   */
  private void evaluate() {
    Instant now = clock.instant();
    boolean isQuiet = samples == 0 && Duration.between(changedAt, now).compareTo(QUIET) < 0;
    if (isQuiet || Duration.between(windowFrom, now).compareTo(WINDOW) < 0) {
      return;
    }
    double load = samples == 0 ? 0 : (double) waitedMillis / samples / target.toMillis();
    if (load > 1 && samples < SAMPLES_MIN) {
      return;
    }
    if (load > 1) {
      change((int) (Math.min(limit, openMax) * Math.clamp(1 / load, FALL_MAX, FALL_MIN)));
      changedAt = now;
    } else if (isReached) {
      change((int) (limit * RISE) + 1);
    }
    windowFrom = now;
    waitedMillis = 0;
    samples = 0;
    openMax = 0;
    isReached = false;
  }

  private void change(int wanted) {
    limit = Math.clamp(wanted, min, max);
  }
}
