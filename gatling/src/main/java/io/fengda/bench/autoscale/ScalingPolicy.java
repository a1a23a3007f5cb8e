package io.fengda.bench.autoscale;

/**
 * The numbers of a KEDA ScaledObject for workers, with the HPA that KEDA makes of it.
 *
 * @param name for people
 */
public record ScalingPolicy(
    String name, Size size, Triggers triggers, Floor floor, Behavior behavior) {
  /**
   * How many there may be.
   *
   * @param min {@code minReplicaCount}
   * @param max {@code maxReplicaCount}
   * @param partitions {@code fengda.queue.partitions}; no more pods than that have work
   */
  public record Size(int min, int max, int partitions) {}

  /**
   * Prometheus triggers. The first two have {@code metricType: Value}: the number of ready pods is
   * multiplied by metric / threshold. The third has {@code AverageValue}: the metric is divided by
   * the pods. The most pods that one of them asks for count.
   *
   * @param lag queries that are not committed, in all: {@code max(fengda_queries_behind)}
   * @param workedSeconds of the queries taken a second, so many seconds' are subtracted from it:
   *     they are not behind, but worked on or not committed yet
   * @param waitSeconds the mean of a minute, of {@code fengda_queries_wait_seconds}
   * @param podRate queries taken a second and pod, of {@code fengda_queries_wait_seconds_count};
   *     infinite: no such trigger
   * @param cachedSeconds {@code pollingInterval} where {@code useCachedMetrics} is true; 0: the HPA
   *     reads metrics through KEDA whenever it wants, as without {@code useCachedMetrics}
   */
  public record Triggers(
      double lag, double workedSeconds, double waitSeconds, double podRate, double cachedSeconds) {}

  /**
   * A cron trigger.
   *
   * @param fromSecond after noon
   * @param toSecond after noon
   * @param replicas {@code desiredReplicas}, of AverageValue 1; outside of its time it asks for one
   */
  public record Floor(double fromSecond, double toSecond, int replicas) {
    public static final Floor NONE = new Floor(0, 0, 1);

    /** From so many minutes before midnight until so many after it. */
    public static Floor around(double minutesBefore, double minutesAfter, int replicas) {
      return new Floor(
          DayOfLoad.MIDNIGHT - 60 * minutesBefore,
          DayOfLoad.MIDNIGHT + 60 * minutesAfter,
          replicas);
    }

    int replicas(double second) {
      return second >= fromSecond && second < toSecond ? replicas : 1;
    }
  }

  /** One {@code Percent} policy for each direction; nothing is waited for on the way up. */
  public record Behavior(
      double upPercent,
      double upPeriodSeconds,
      double downPercent,
      double downPeriodSeconds,
      double downWindowSeconds) {}

  private static final int MIN = 10;
  private static final int MAX = 300;
  private static final int PARTITIONS = 600;
  private static final double LAG = 50_000;
  private static final double WAIT_SECONDS = 0.2;
  private static final double POD_RATE = 1_000;
  private static final int FLOOR = 200;

  /** Lag and waiting time only; two pods at least, so that one may die. */
  public static ScalingPolicy asAsked() {
    return new ScalingPolicy(
        "as asked",
        new Size(2, MAX, PARTITIONS),
        new Triggers(LAG, 0, WAIT_SECONDS, Double.POSITIVE_INFINITY, 0),
        Floor.NONE,
        new Behavior(100, 15, 10, 60, 300));
  }

  /** The one that {@code k8s/} has. */
  public static ScalingPolicy shipped() {
    return asAsked()
        .named("as shipped")
        .with(new Size(MIN, MAX, PARTITIONS))
        .with(new Triggers(LAG, 1, WAIT_SECONDS, POD_RATE, 0))
        .with(Floor.around(15, 30, FLOOR));
  }

  /** What is asked, and the floor of the shipped one. */
  public static ScalingPolicy askedWithFloor() {
    return asAsked().named("asked + floor").with(shipped().floor());
  }

  /** What ships, but for the floor. */
  public static ScalingPolicy shippedWithoutFloor() {
    return shipped().named("shipped - floor").with(Floor.NONE);
  }

  public ScalingPolicy named(String other) {
    return new ScalingPolicy(other, size, triggers, floor, behavior);
  }

  public ScalingPolicy with(Size other) {
    return new ScalingPolicy(name, other, triggers, floor, behavior);
  }

  public ScalingPolicy with(Triggers other) {
    return new ScalingPolicy(name, size, other, floor, behavior);
  }

  public ScalingPolicy with(Floor other) {
    return new ScalingPolicy(name, size, triggers, other, behavior);
  }

  public ScalingPolicy with(Behavior other) {
    return new ScalingPolicy(name, size, triggers, floor, other);
  }
}
