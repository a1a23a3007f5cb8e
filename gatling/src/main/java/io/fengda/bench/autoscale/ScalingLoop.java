package io.fengda.bench.autoscale;

import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;

/** From the engine's metrics to the number of pods: each part looks when its own clock says so. */
final class ScalingLoop {
  /** How often a node measures the lag: {@code fengda.queue.topic-check}. */
  private static final double LAG_SECONDS = 5;

  private final Autoscaler autoscaler;
  private final Scrapes scrapes = new Scrapes();
  private final Clock measures;
  private final Clock scraping;
  private final Clock polls;
  private final Clock looks;
  private double lag;
  private Signals signals = Signals.NONE;

  /** Says again and again that it is time, from a random moment on. */
  private static final class Clock {
    private final double seconds;
    private double next;

    Clock(double seconds, RandomGenerator random) {
      this.seconds = Math.max(Topic.STEP_SECONDS, seconds);
      this.next = random.nextDouble() * this.seconds;
    }

    boolean isTime(double now) {
      if (now < next) {
        return false;
      }
      next += seconds;
      return true;
    }
  }

  ScalingLoop(ScalingPolicy policy, Conditions conditions, RandomGenerator random) {
    this.autoscaler = new Autoscaler(policy);
    this.measures = new Clock(LAG_SECONDS, random);
    this.scraping = new Clock(conditions.get(Condition.SCRAPE_SECONDS), random);
    this.polls = new Clock(policy.triggers().cachedSeconds(), random);
    this.looks = new Clock(Autoscaler.SYNC_SECONDS, random);
  }

  void look(double now, DoubleSupplier lagNow, Tally tally, Deployment deployment) {
    if (measures.isTime(now)) {
      lag = lagNow.getAsDouble();
    }
    if (scraping.isTime(now)) {
      scrapes.scrape(now, lag, tally.waitSum(), tally.taken());
    }
    if (polls.isTime(now)) {
      signals = scrapes.read(now);
    }
    if (looks.isTime(now)) {
      deployment.scale(
          now, autoscaler.look(now, signals, deployment.replicas(), deployment.ready()));
    }
  }
}
