package io.fengda.bench.autoscale;

import java.util.stream.IntStream;

/** A day, second by second, from noon. */
public final class Trace {
  private final Second[] seconds = new Second[DayOfLoad.SECONDS];

  /**
   * What there was at the end of a second.
   *
   * @param rate turns that came in it
   * @param replicas pods that there shall be
   * @param ready pods that are ready
   * @param lag queries that are not committed, as the engine measures it
   * @param waitMaxSeconds the longest wait of a query that was taken or dropped in it
   * @param late queries that were too late in it
   */
  public record Second(
      double rate, int replicas, int ready, double lag, double waitMaxSeconds, double late) {}

  void put(int second, Second what) {
    seconds[second] = what;
  }

  public Second at(int second) {
    return seconds[second];
  }

  /** The longest wait from one second until before another. */
  public double waitMaxSeconds(int from, int until) {
    return IntStream.range(from, until).mapToDouble(i -> at(i).waitMaxSeconds()).max().orElse(0);
  }

  /** Queries that came from one second until before another. */
  public double came(int from, int until) {
    return IntStream.range(from, until).mapToDouble(i -> at(i).rate()).sum();
  }

  /** Queries that were too late in that time. */
  public double late(int from, int until) {
    return IntStream.range(from, until).mapToDouble(i -> at(i).late()).sum();
  }

  public int podsMax() {
    return IntStream.range(0, seconds.length).map(i -> at(i).replicas()).max().orElse(0);
  }

  public double podHours() {
    return IntStream.range(0, seconds.length).mapToDouble(i -> at(i).replicas()).sum() / 3_600;
  }

  public double lagMax() {
    return IntStream.range(0, seconds.length).mapToDouble(i -> at(i).lag()).max().orElse(0);
  }

  public double waitMaxSeconds() {
    return waitMaxSeconds(0, seconds.length);
  }
}
