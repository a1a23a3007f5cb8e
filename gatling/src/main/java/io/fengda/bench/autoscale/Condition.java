package io.fengda.bench.autoscale;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a rehearsed day takes for given: a number, given as {@code key=value}. */
public enum Condition {
  /**
   * Queries a second that a warm worker of 4 cores stands. Two bounds were measured. CPU: of a turn
   * 610 us are the worker's (its station 33, vendor 200, the half of Kafka's 416, and 169 of
   * hand-overs, compilers and collector, by its part of the stations), so 4 cores at 70 % stand
   * 4,590. The window ({@code fengda.worker.window}, 4,096): behind a query that takes all of its
   * 1.5 s the node takes 2,730 others a second; a vendor that hangs is always to be expected. The
   * lower one counts.
   */
  CAPACITY(2_700, 1, 1e6),
  /**
   * The part of it that a pod stands when it is ready: before its code is compiled a query costs
   * some three times as much, and 4 cores at 70 % stand 1,530. A whole node on two cores that all
   * share stood 0.4 in its first ten seconds ({@code warmstart}); a worker alone is not measured.
   */
  COLD_PART(0.5, 0.01, 1),
  /** Seconds after which a pod stands all of it; between, it grows evenly. */
  WARM_SECONDS(30, 1, 3_600),
  /** What dropping a late query costs, as a part of answering one: reading and committing it. */
  DROP_COST(0.15, 0.01, 1),
  /**
   * Seconds from a pod's creation until it is ready, on a node that is there: median, lognormal. 10
   * of them are {@code fengda.warm-up.time}; the rest is assumed: scheduling, image, JVM.
   */
  START_SECONDS(25, 1, 3_600),
  /** How much that varies: of the lognormal; 0.4 has a P99 of 2.5 times the median. */
  START_SIGMA(0.4, 0, 2),
  /**
   * Seconds of a round of the consumer group, in which a partition is not read that goes from one
   * worker to another: members hear of it with the next heartbeat (500 ms), join, sync and fetch.
   */
  ROUND_SECONDS(0.7, 0.1, 60),
  /** Seconds from acceptance to the fallback: the default deadline of tenants. */
  DEADLINE_SECONDS(1.5, 0.1, 3_600),
  /** Seconds of these that vendor (P99 141 ms), journal and results need after the wait. */
  REST_SECONDS(0.25, 0, 3_600),
  /** Seconds from one scrape of the metrics to the next. */
  SCRAPE_SECONDS(15, 1, 300),
  /** Tenants; the k-th has 1/k^skew of the largest one's turns. */
  TENANTS(1_000, 1, 100_000),
  /** See {@link #TENANTS}; with 0.5 the largest of 1,000 has 1.6 % of all. */
  SKEW(0.5, 0, 2),
  /** Partitions of each tenant: {@code fengda.queue.tenant-partitions}. */
  TENANT_PARTITIONS(8, 1, 10_000),
  /** Turns a second at noon and at midnight, without the promotion. */
  BASE(12_000, 1, 1e7),
  /** Turns a second when all have come to the promotion, as a multiple of the base. */
  TIMES(15, 1, 1_000),
  /** Seconds after midnight in which they come. */
  RAMP_SECONDS(30, 0, 7_200),
  /** Seconds that all of them stay. */
  HOLD_SECONDS(600, 0, 7_200),
  /** Seconds in which all but 1/e of them have gone, then again all but 1/e of the rest. */
  DECAY_SECONDS(1_200, 1, 7_200),
  /** Of everything that is random. */
  SEED(1, 0, 1e9);

  private final double usual;
  private final double min;
  private final double max;

  Condition(double usual, double min, double max) {
    this.usual = usual;
    this.min = min;
    this.max = max;
  }

  public static Optional<Condition> named(String key) {
    return Arrays.stream(values()).filter(one -> one.key().equals(key)).findAny();
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public double usual() {
    return usual;
  }

  public boolean allows(double value) {
    return value >= min && value <= max;
  }
}
