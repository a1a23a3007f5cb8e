package io.fengda.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Customers who open a socket, are let in, read the first message of their conversation, and leave:
 * an open loop.
 */
final class Churn {
  /** Under way at once; who comes when so many are is counted as a failure. */
  private static final int OPEN_MAX = 4_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final URI engine;
  private final List<InetAddress> sources;
  private final List<String> tokens;
  private final Semaphore places = new Semaphore(OPEN_MAX);
  private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong pings = new AtomicLong();

  private Churn(URI engine, List<InetAddress> sources, List<String> tokens) {
    this.engine = engine;
    this.sources = sources;
    this.tokens = tokens;
  }

  /**
   * What came of it.
   *
   * @param millis from when each was due to connect until it had its first message; sorted
   * @param failures that did not get it within 10 s
   * @param seconds from the first that was due to the last that had left
   */
  record Result(double[] millis, int failures, double seconds) {
    double perSecond() {
      return millis.length / seconds;
    }

    double quantile(double quantile) {
      return Turns.quantile(millis, quantile);
    }
  }

  /**
   * Runs to the end of the last connection.
   *
   * @param sources addresses that the customers come from
   * @param tokens of customers whose conversations have messages; all of them in turn
   * @param rate connections a second
   */
  static Result run(
      URI engine, List<InetAddress> sources, List<String> tokens, double rate, int seconds) {
    Churn churn = new Churn(engine, sources, tokens);
    long startNanos = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < rate * seconds; i++) {
        int number = i;
        long dueNanos = startNanos + (long) (i / rate * 1e9);
        LockSupport.parkNanos(dueNanos - System.nanoTime());
        if (churn.places.tryAcquire()) {
          threads.execute(() -> churn.comeAndGo(number, dueNanos));
        } else {
          churn.failures.incrementAndGet();
        }
      }
    }
    double took = Math.max(seconds, (System.nanoTime() - startNanos) / 1e9);
    double[] millis = churn.millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Result(millis, churn.failures.get(), took);
  }

  private void comeAndGo(int number, long dueNanos) {
    boolean ready = false;
    try (ChatSocket socket =
        ChatSocket.open(
            sources.get(number % sources.size()),
            engine,
            tokens.get(number % tokens.size()),
            TIMEOUT,
            pings)) {
      socket.read();
      millis.add((System.nanoTime() - dueNanos) / 1e6);
      ready = true;
    } catch (IOException e) {
      if (!ready) {
        failures.incrementAndGet();
      }
    } finally {
      places.release();
    }
  }
}
