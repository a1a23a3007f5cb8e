package io.fengda.bench.autoscale;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The workers' consumer group, with cooperative sticky assignment (KIP-429). When someone comes or
 * goes there is a round, in which all members join again. At its end partitions that nobody owns
 * are given to those who lack some, and who has too many stops reading those; these have no owner
 * until the next round, which begins at once, has ended. All others are read all the time.
 */
final class ConsumerGroup {
  /** How long who goes works on what it took: the vendor's P99. It reads no more meanwhile. */
  private static final double DRAIN_SECONDS = 0.15;

  private final Topic topic;
  private final double roundSeconds;
  private final RandomGenerator random;
  private final List<Worker> members = new ArrayList<>();

  /** Partitions that nobody reads. */
  private final Deque<Integer> free = new ArrayDeque<>();

  /** Until when members that leave work on what they took. */
  private double drainedAt = Double.NEGATIVE_INFINITY;

  private boolean isChanged;
  private boolean isInRound;
  private double roundEndsAt;

  ConsumerGroup(Topic topic, Conditions conditions, RandomGenerator random) {
    this.topic = topic;
    this.roundSeconds = conditions.get(Condition.ROUND_SECONDS);
    this.random = random;
    for (int partition = 0; partition < topic.partitions(); partition++) {
      free.add(partition);
    }
  }

  List<Worker> members() {
    return members;
  }

  /** Queries that nobody took. */
  double waiting() {
    return members.stream().mapToDouble(member -> member.waiting(topic)).sum()
        + free.stream().mapToDouble(topic::waiting).sum();
  }

  void join(Worker worker) {
    members.add(worker);
    isChanged = true;
  }

  void leave(Worker worker, double now) {
    members.remove(worker);
    while (worker.size() > 0) {
      free.add(worker.takeAway(worker.size() - 1, topic));
    }
    drainedAt = now + DRAIN_SECONDS;
    isChanged = true;
  }

  /** Ends and begins rounds. */
  void look(double now) {
    if (isInRound && now >= roundEndsAt) {
      isInRound = false;
      isChanged = !assign();
    }
    if (!isInRound && isChanged && now >= drainedAt) {
      isInRound = true;
      roundEndsAt = now + roundSeconds;
    }
  }

  /** Everything is given at once, before the day begins. */
  void begin() {
    assign();
    isChanged = false;
  }

  /** Returns whether all is as it shall be. */
  private boolean assign() {
    if (members.isEmpty()) {
      return false;
    }
    List<Worker> most = new ArrayList<>(members);
    most.sort(Comparator.comparingInt(Worker::size).reversed());
    for (int i = 0; i < most.size(); i++) {
      while (most.get(i).size() < quota(i) && !free.isEmpty()) {
        most.get(i).give(free.remove(), topic);
      }
    }
    for (int i = 0; i < most.size(); i++) {
      while (most.get(i).size() > quota(i)) {
        free.add(most.get(i).takeAway(random.nextInt(most.get(i).size()), topic));
      }
    }
    return free.isEmpty();
  }

  /** How many the member shall have that has the i-th most. */
  private int quota(int i) {
    int each = topic.partitions() / members.size();
    return i < topic.partitions() % members.size() ? each + 1 : each;
  }
}
