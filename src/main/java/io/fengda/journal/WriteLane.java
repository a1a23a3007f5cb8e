package io.fengda.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which writes make the next group, and when it goes. Used in one thread.
 *
 * <p>One group is written at a time; what comes meanwhile makes the next. A lane that is free
 * gathers for a window, from the first write on, unless all writers of its last group are back: a
 * single writer never waits, many share a transaction (compare {@code commit_delay} and {@code
 * commit_siblings} of PostgreSQL). After some windows without a write nobody else is about, and the
 * next goes at once. A persistence id comes once in a group, so that its writes keep their order.
 */
final class WriteLane {
  /** In windows. Writes that are further apart hardly ever share one. */
  private static final int SILENCE = 4;

  private final GroupCommitSettings settings;
  private final ArrayDeque<PendingWrite> waiting = new ArrayDeque<>();

  /** Of the last group, and not back yet. */
  private Set<String> expected = new HashSet<>();

  private int eventsWaiting;
  private long freeSince;
  private boolean isWriting;
  private boolean isWindowOpen;

  WriteLane(GroupCommitSettings settings) {
    this.settings = settings;
  }

  /** False when there is no room; a write that has more events than that needs an empty lane. */
  boolean offer(PendingWrite write) {
    if (!waiting.isEmpty() && eventsWaiting + write.size() > settings.queueMax()) {
      return false;
    }
    waiting.add(write);
    eventsWaiting += write.size();
    expected.remove(write.persistenceId());
    return true;
  }

  /** Whether a group goes now. */
  boolean isDue(long now) {
    return !isWriting
        && !waiting.isEmpty()
        && (expected.isEmpty()
            || eventsWaiting >= settings.groupMax()
            || nanosLeft(now) <= 0
            || isAfterSilence());
  }

  /** Whether somebody is to come back when the window is over: once for each group. */
  boolean beginsWindow() {
    boolean begins = !isWriting && !waiting.isEmpty() && !isWindowOpen;
    isWindowOpen |= begins;
    return begins;
  }

  void windowOver() {
    isWindowOpen = false;
  }

  private boolean isAfterSilence() {
    return waiting.getFirst().since() - freeSince >= SILENCE * settings.window().toNanos();
  }

  /** How long others are waited for yet, in nanoseconds; something has to wait. */
  long nanosLeft(long now) {
    long begun = Math.max(0, waiting.getFirst().since() - freeSince);
    return freeSince + begun + settings.window().toNanos() - now;
  }

  /** The next group; the lane is busy until {@link #written}. */
  List<PendingWrite> take() {
    List<PendingWrite> group = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    int events = 0;
    while (!waiting.isEmpty()
        && fits(waiting.getFirst(), events)
        && ids.add(waiting.getFirst().persistenceId())) {
      PendingWrite write = remove();
      group.add(write);
      events += write.size();
    }
    isWriting = true;
    isWindowOpen = false;
    waiting.forEach(write -> ids.remove(write.persistenceId()));
    expected = ids;
    return group;
  }

  private boolean fits(PendingWrite write, int events) {
    return events == 0 || events + write.size() <= settings.groupMax();
  }

  /** The group is in the journal, or has failed. */
  void written(long now) {
    isWriting = false;
    freeSince = now;
  }

  private PendingWrite remove() {
    PendingWrite write = waiting.removeFirst();
    eventsWaiting -= write.size();
    return write;
  }
}
