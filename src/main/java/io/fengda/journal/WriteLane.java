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
 * expects the writers of its last group, and those who waited behind it, to come again, and waits
 * for so many, until the window is over: a single writer never waits, many share a transaction
 * (compare {@code commit_siblings} of PostgreSQL). A persistence id comes once in a group, so that
 * its writes keep their order.
 */
final class WriteLane {
  private final GroupCommitSettings settings;
  private final ArrayDeque<PendingWrite> waiting = new ArrayDeque<>();
  private Set<String> lastGroup = Set.of();
  private int eventsWaiting;
  private int expected;
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
    return true;
  }

  /** Whether a group goes now. */
  boolean isDue(long now) {
    return !isWriting
        && !waiting.isEmpty()
        && (waiting.size() >= expected
            || eventsWaiting >= settings.groupMax()
            || nanosLeft(now) <= 0);
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

  /** How long others are waited for yet, in nanoseconds. */
  long nanosLeft(long now) {
    return freeSince + settings.window().toNanos() - now;
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
    lastGroup = ids;
    return group;
  }

  private boolean fits(PendingWrite write, int events) {
    return events == 0 || events + write.size() <= settings.groupMax();
  }

  /** The group is in the journal, or has failed. */
  void written(long now) {
    isWriting = false;
    freeSince = now;
    Set<String> writers = new HashSet<>(lastGroup);
    waiting.forEach(write -> writers.add(write.persistenceId()));
    expected = writers.size();
  }

  private PendingWrite remove() {
    PendingWrite write = waiting.removeFirst();
    eventsWaiting -= write.size();
    return write;
  }
}
