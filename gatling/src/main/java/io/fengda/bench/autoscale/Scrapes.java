package io.fengda.bench.autoscale;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The metrics as Prometheus has them: as old as the last scrape, rates over a minute. Queries that
 * were dropped as late are not in the waiting times, as in the engine.
 */
final class Scrapes {
  private static final double WINDOW_SECONDS = 60;

  private final Deque<Scrape> scrapes = new ArrayDeque<>();

  private record Scrape(double at, double lag, double waitSum, double taken) {}

  /**
   * What the workers and the measuring node tell.
   *
   * @param waitSum seconds that all queries so far waited that were taken
   * @param taken how many these are
   */
  void scrape(double now, double lag, double waitSum, double taken) {
    scrapes.addLast(new Scrape(now, lag, waitSum, taken));
    while (scrapes.peekFirst().at() < now - 2 * WINDOW_SECONDS) {
      scrapes.removeFirst();
    }
  }

  Signals read(double now) {
    if (scrapes.isEmpty()) {
      return Signals.NONE;
    }
    Scrape last = scrapes.peekLast();
    Scrape first =
        scrapes.stream().filter(one -> one.at() > now - WINDOW_SECONDS).findFirst().orElse(last);
    double taken = last.taken() - first.taken();
    if (taken <= 0) {
      return new Signals(last.lag(), 0, 0);
    }
    return new Signals(
        last.lag(), (last.waitSum() - first.waitSum()) / taken, taken / (last.at() - first.at()));
  }
}
