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
 * for so many, at most the window: a single writer never waits, many of them share a transaction
 * (compare {@code commit_siblings} of PostgreSQL). A persistence id comes once in a group, so that
 * its writes keep their order.
 */
final class WriteLane {
  private final GroupCommitSettings settings;
  private final ArrayDeque<PendingWrite> waiting = new ArrayDeque<>();
  private Set<String> lastGroup = Set.of();
  private int eventsWaiting;
  private int expected;
  private boolean isWriting;
  private boolean isWindowOpen;

  WriteLane(GroupCommitSettings settings) {
    this.settings = settings;
  }

  /** False when there is no room. */
  boolean offer(PendingWrite write) {
    if (eventsWaiting + write.events() > settings.queueMax()) {
      return false;
    }
    waiting.add(write);
    eventsWaiting += write.events();
    return true;
  }

  /** Whether a group goes now. */
  boolean isDue(long now) {
    return !isWriting
        && !waiting.isEmpty()
        && (waiting.size() >= expected
            || eventsWaiting >= settings.groupMax()
            || now - waiting.getFirst().since() >= settings.window().toNanos());
  }

  /** Whether the window of the oldest write begins to count: once for each group. */
  boolean beginsWindow() {
    boolean begins = !isWriting && !waiting.isEmpty() && !isWindowOpen;
    isWindowOpen |= begins;
    return begins;
  }

  void windowOver() {
    isWindowOpen = false;
  }

  /** How long the oldest write may wait for others yet, in nanoseconds. */
  long nanosLeft(long now) {
    return waiting.getFirst().since() + settings.window().toNanos() - now;
  }

  /** Those whose writers have given them up: nothing of them is written. */
  List<PendingWrite> removeOverdue(long now) {
    List<PendingWrite> overdue = new ArrayList<>();
    while (!waiting.isEmpty()
        && now - waiting.getFirst().since() >= settings.writeTimeout().toNanos()) {
      overdue.add(remove());
    }
    return overdue;
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
      events += write.events();
    }
    isWriting = true;
    isWindowOpen = false;
    lastGroup = ids;
    return group;
  }

  private boolean fits(PendingWrite write, int events) {
    return events == 0 || events + write.events() <= settings.groupMax();
  }

  /** The group is in the journal, or has failed. */
  void written() {
    isWriting = false;
    Set<String> writers = new HashSet<>(lastGroup);
    waiting.forEach(write -> writers.add(write.persistenceId()));
    expected = writers.size();
  }

  private PendingWrite remove() {
    PendingWrite write = waiting.removeFirst();
    eventsWaiting -= write.events();
    return write;
  }
}
