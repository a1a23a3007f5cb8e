package io.fengda.conversation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How many turns may be open on this node, so that none waits long in a queue. Thread-safe.
 *
 * <p>The signal is the queueing time: what of a turn's time nobody worked on it. (CPU tells nothing
 * of an overload, and the whole time tells of slow vendors; see DAGOR, "Overload control for
 * scaling WeChat microservices", 2018.) Of a window the lower quartile counts: a queue that all
 * share delays also the lucky ones (as in CoDel, RFC 8289), while one tenant's own trouble does
 * not. Above the target the limit falls in proportion; below, where it is nearly reached, it rises.
 * A change shows only in turns that begin after it, and these need as long as they wait to come
 * back: so long nothing is concluded.
 */
final class LoadLimit {
  private static final Duration WINDOW = Duration.ofMillis(100);

  /** After which a window with few turns says that nothing is known. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** After which turns say nothing any more. */
  private static final Duration STALE = Duration.ofSeconds(2);

  private static final int SAMPLES_MIN = 10;
  private static final double FALL_MAX = 0.5;
  private static final double FALL_MIN = 0.9;
  private static final double RISE = 1.1;
  private static final double NEARLY = 0.7;

  private final int min;
  private final int max;
  private final Duration target;
  private final Clock clock;
  private final List<Long> waits = new ArrayList<>();
  private volatile int limit;
  private Instant windowFrom;
  private int openMax;
  private boolean isReached;

  /**
   * Makes a limit that begins at its maximum.
   *
   * @param target the queueing time that three of four turns may exceed
   */
  LoadLimit(int min, int max, Duration target, Clock clock) {
    this.min = min;
    this.max = max;
    this.target = target;
    this.clock = clock;
    this.limit = max;
    this.windowFrom = clock.instant();
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
    evaluate(clock.instant());
  }

  /**
   * A turn ended.
   *
   * @param wait the part of its time that nobody worked on it
   * @param open turns that are open now
   */
  synchronized void waited(Duration wait, int open) {
    Instant now = clock.instant();
    evaluate(now);
    if (now.isBefore(windowFrom)) {
      return;
    }
    isReached |= open >= NEARLY * limit;
    openMax = Math.max(openMax, open);
    waits.add(wait.toMillis());
  }

  /**
   * Falls on evidence; rises on evidence, or where none comes: slow vendors keep turns for long.
   */
  private void evaluate(Instant now) {
    Duration age = Duration.between(windowFrom, now);
    boolean isKnown = waits.size() >= SAMPLES_MIN && age.compareTo(STALE) < 0;
    if (age.compareTo(isKnown ? WINDOW : QUIET) < 0) {
      return;
    }
    long wait = isKnown ? lowerQuartile() : 0;
    double load = (double) wait / target.toMillis();
    windowFrom = now;
    if (load > 1) {
      change((int) (Math.min(limit, openMax) * Math.clamp(1 / load, FALL_MAX, FALL_MIN)));
      windowFrom = now.plusMillis(Math.min(wait, QUIET.toMillis()));
    } else if (isReached) {
      change((int) (limit * RISE) + 1);
      windowFrom = now.plusMillis(wait);
    }
    waits.clear();
    openMax = 0;
    isReached = false;
  }

  private long lowerQuartile() {
    Collections.sort(waits);
    return waits.get(waits.size() / 4);
  }

  private void change(int wanted) {
    limit = Math.clamp(wanted, min, max);
  }
}
