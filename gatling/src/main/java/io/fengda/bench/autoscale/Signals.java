package io.fengda.bench.autoscale;

/**
 * What Prometheus answers to the queries of the triggers.
 *
 * @param lag queries that are not committed
 * @param waitSeconds the mean wait of those that were taken in the last minute
 * @param rate queries that were taken a second, of the last minute
 */
record Signals(double lag, double waitSeconds, double rate) {
  static final Signals NONE = new Signals(0, 0, 0);
}
