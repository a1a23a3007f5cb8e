package io.fengda.vendor;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What stands between one tenant and one vendor on this node: a breaker that opens after failures
 * in a row and then lets one call try, a bulkhead, and a budget of retries. Thread-safe.
 */
final class VendorGuard {
  private static final double ANY_PART = 0.99;

  private final CircuitBreaker breaker;
  private final Bulkhead bulkhead;
  private final RetryBudget budget;
  private final IntervalFunction backoff;

  private VendorGuard(
      CircuitBreaker breaker, Bulkhead bulkhead, RetryBudget budget, IntervalFunction backoff) {
    this.breaker = breaker;
    this.bulkhead = bulkhead;
    this.budget = budget;
    this.backoff = backoff;
  }

  /**
   * A guard that lets calls in.
   *
   * @param name of the tenant and vendor
   * @param callsMax calls at once
   */
  static VendorGuard create(String name, GuardSettings settings, int callsMax) {
    CircuitBreaker breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(settings.failuresMax())
                .minimumNumberOfCalls(settings.failuresMax())
                .failureRateThreshold(100)
                .waitDurationInOpenState(settings.openFor())
                .permittedNumberOfCallsInHalfOpenState(1)
                // Slow is not failed: the deadline says what is too slow.
                .slowCallDurationThreshold(Duration.ofDays(1))
                .build());
    // Half the pause, more or less: together any part of the whole (full jitter).
    IntervalFunction backoff =
        IntervalFunction.ofExponentialRandomBackoff(settings.backoff().dividedBy(2), 2.0, ANY_PART);
    return new VendorGuard(
        breaker,
        Bulkhead.of(
            name,
            BulkheadConfig.custom()
                .maxConcurrentCalls(callsMax)
                .maxWaitDuration(Duration.ZERO)
                .build()),
        new RetryBudget(settings.retryRatio()),
        backoff);
  }

  /** Whether a call may be made. */
  sealed interface Entry {
    record Admitted(Call call) implements Entry {}

    /** The vendor failed too often just now. */
    record Open() implements Entry {}

    /** As many calls are open as may be. */
    record Full() implements Entry {}
  }

  Entry enter() {
    if (!bulkhead.tryAcquirePermission()) {
      return new Entry.Full();
    }
    if (!breaker.tryAcquirePermission()) {
      bulkhead.releasePermission();
      return new Entry.Open();
    }
    return new Entry.Admitted(new Call(System.nanoTime(), isTrying()));
  }

  /** A call is made that is no retry. */
  void earnRetry() {
    budget.earn();
  }

  boolean mayRetry() {
    return budget.spend();
  }

  /** How long to wait before the next try, after so many. */
  Duration pauseAfter(int tries) {
    return Duration.ofMillis(backoff.apply(tries));
  }

  int callsOpen() {
    return bulkhead.getBulkheadConfig().getMaxConcurrentCalls()
        - bulkhead.getMetrics().getAvailableConcurrentCalls();
  }

  private boolean isTrying() {
    return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
  }

  boolean isOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }

  /** A call that was let in; what is said of its end first counts. */
  final class Call {
    private final long startNanos;
    private final boolean isProbe;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Call(long startNanos, boolean isProbe) {
      this.startNanos = startNanos;
      this.isProbe = isProbe;
    }

    void succeeded() {
      if (leave()) {
        breaker.onSuccess(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
      }
    }

    void failed() {
      if (leave()) {
        breaker.onError(
            System.nanoTime() - startNanos, TimeUnit.NANOSECONDS, new CallFailedException());
      }
    }

    /** It ended in a way that says nothing of the vendor. */
    void left() {
      if (leave()) {
        breaker.releasePermission();
      }
    }

    /**
     * Whether its end counts: one that began before the breaker opened says nothing of the probe.
     */
    private boolean leave() {
      if (!ended.compareAndSet(false, true)) {
        return false;
      }
      bulkhead.onComplete();
      return isProbe || !isTrying();
    }
  }

  /** All that a breaker is told of a failure; it has no stack. */
  private static final class CallFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CallFailedException() {
      super("a call failed", null, false, false);
    }
  }
}
