package io.fengda.conversation.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Simulated time and chance.
 *
 * <p>Whatever happens is a step. Steps are taken one by one in order of their time, and the same
 * seed takes the same steps.
 */
final class SimulatedWorld {
  private static final int TRACED_STEPS = 30;
  private static final Instant START = Instant.parse("2026-01-05T08:00:00Z");

  private record Step(long atMillis, long number, String name, Runnable action) {}

  private record Taken(long atMillis, String name, List<Object> notes) {
    @Override
    public String toString() {
      return "%8d ms  %s  %s".formatted(atMillis, name, notes);
    }
  }

  private final long seed;
  private final SplittableRandom random;
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::atMillis).thenComparingLong(Step::number));
  private final Deque<Taken> trace = new ArrayDeque<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> severities = new HashMap<>();
  private long nowMillis;
  private long stepsPlanned;
  private long stepsTaken;
  private boolean faulty = true;

  SimulatedWorld(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  Instant now() {
    return START.plusMillis(nowMillis);
  }

  /** Between {@code from} and {@code to}, both included. */
  long between(long from, long to) {
    return random.nextLong(from, to + 1);
  }

  int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /**
   * Whether something goes wrong here and now; never once the faults have stopped. Each run has its
   * own faults: one kind that never happens in it, another that happens more often than usual.
   */
  boolean fault(String what, double usualProbability) {
    int severity = severities.computeIfAbsent(what, key -> pick(0, 1, 1, 1, 4));
    boolean happens = faulty && chance(usualProbability * severity);
    if (happens) {
      count(what);
      note(what);
    }
    return happens;
  }

  boolean isFaulty() {
    return faulty;
  }

  void stopFaults() {
    faulty = false;
  }

  void after(Duration delay, String name, Runnable action) {
    after(delay.toMillis(), name, action);
  }

  void after(long delayMillis, String name, Runnable action) {
    steps.add(new Step(nowMillis + delayMillis, stepsPlanned++, name, action));
  }

  /** Takes the next step, then the check. */
  void step(Runnable check) {
    Step step = steps.remove();
    nowMillis = step.atMillis();
    stepsTaken++;
    if (trace.size() == TRACED_STEPS) {
      trace.removeFirst();
    }
    trace.addLast(new Taken(nowMillis, step.name(), new ArrayList<>(2)));
    try {
      step.action().run();
      check.run();
    } catch (RuntimeException | AssertionError e) {
      throw violation(e);
    }
  }

  long stepsTaken() {
    return stepsTaken;
  }

  /** Adds to what the trace says about the step that is being taken. */
  void note(Object what) {
    if (!trace.isEmpty()) {
      trace.getLast().notes().add(what);
    }
  }

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  Map<String, Integer> counts() {
    return counts;
  }

  /** A complaint that tells the seed and the last steps. */
  AssertionError violation(Throwable cause) {
    StringBuilder text = new StringBuilder();
    text.append("%s%nin step %d of seed %d; ".formatted(cause.getMessage(), stepsTaken, seed));
    text.append("repeat with -D%s=%d%n".formatted(Simulation.SEED_PROPERTY, seed));
    trace.forEach(taken -> text.append(taken).append(System.lineSeparator()));
    return new AssertionError(text.toString(), cause);
  }
}
