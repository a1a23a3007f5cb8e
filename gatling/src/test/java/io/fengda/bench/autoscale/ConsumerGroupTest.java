package io.fengda.bench.autoscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConsumerGroupTest {
  private static final int PARTITIONS = 12;
  private static final double STEP = Topic.STEP_SECONDS;

  private final Conditions conditions = Conditions.usual().with(Condition.ROUND_SECONDS, 5 * STEP);
  private final double[] shares = new double[PARTITIONS];
  private final Tally tally = new Tally(conditions);
  private Topic topic;
  private ConsumerGroup group;
  private int steps;

  @Test
  void aWorkerThatComesGetsItsPartAndTheRestIsReadAllTheTime() {
    begin(2);

    Worker third = new Worker(0);
    group.join(third);
    run(5, 1_200);
    double before = tally.answered();
    run(4, 1_200);
    double meanwhile = tally.answered() - before;
    run(30, 1_200);

    assertEquals(4, third.size());
    assertEquals(4 * 1_200 * 8.0 / PARTITIONS, meanwhile, 1e-6);
    assertEquals(5 * STEP, tally.waitMaxSeconds(), 2 * STEP);
    assertEquals(0, group.waiting(), 1e-6);
  }

  @Test
  void whatAWorkerLeavesIsTakenByTheOthers() {
    begin(3);
    Worker gone = group.members().getFirst();

    group.leave(gone, steps * STEP);
    run(40, 1_200);

    assertEquals(0, gone.size());
    assertTrue(group.members().stream().allMatch(worker -> worker.size() == 6));
    assertEquals(0, group.waiting(), 1e-6);
    assertEquals(topic.came(), tally.answered(), 1e-6);
  }

  @Test
  void noMoreWorkersHaveWorkThanThereArePartitions() {
    begin(PARTITIONS + 5);

    assertEquals(PARTITIONS, group.members().stream().filter(worker -> worker.size() == 1).count());
  }

  @Test
  void whatWaitsBeyondItsDeadlineIsLateAndCostsLess() {
    begin(1);

    run(40, 10_000);
    double lateWhileFlooded = tally.late();
    run(40, 0);

    assertTrue(lateWhileFlooded > 0);
    assertEquals(0, group.waiting(), 1e-6);
    assertEquals(topic.came(), tally.answered() + tally.late(), 1e-3);
  }

  private void begin(int workers) {
    Arrays.fill(shares, 1.0 / PARTITIONS);
    topic = new Topic(shares, 1_000, conditions);
    group = new ConsumerGroup(topic, conditions, new SplittableRandom(1));
    topic.add(0);
    for (int i = 0; i < workers; i++) {
      group.join(new Worker(0));
    }
    group.begin();
  }

  /** So many queries come in each of some steps; a worker stands 2,000. */
  private void run(int count, double queries) {
    for (int i = 0; i < count; i++) {
      topic.add(queries);
      group.look(++steps * STEP);
      group.members().forEach(worker -> worker.work(topic, 2_000, tally));
    }
  }
}
