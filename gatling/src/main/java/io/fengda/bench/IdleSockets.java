package io.fengda.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Sockets that stay open and silent: each reads the messages of its conversation, and from then on
 * answers pings.
 */
final class IdleSockets implements AutoCloseable {
  private static final int OPENING_MAX = 32;
  private static final Duration OPENING_TIMEOUT = Duration.ofSeconds(15);

  /** The engine pings after 20 s of silence. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(90);

  /** One turn. */
  private static final int MESSAGES = 2;

  private final URI engine;
  private final List<InetAddress> sources;
  private final IntFunction<String> tokens;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore opening = new Semaphore(OPENING_MAX);
  private final Queue<ChatSocket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicLong pings = new AtomicLong();
  private int asked;
  private volatile boolean closing;

  /**
   * None yet.
   *
   * @param sources addresses that the customers come from, in turn
   * @param tokens of customers by number, each with a conversation of one turn
   */
  IdleSockets(URI engine, List<InetAddress> sources, IntFunction<String> tokens) {
    this.engine = engine;
    this.sources = sources;
    this.tokens = tokens;
  }

  /** Opens more, a few at once, until there are so many; returns when each has been let in. */
  void openUntil(int count) throws InterruptedException {
    CountDownLatch let = new CountDownLatch(count - asked);
    while (asked < count) {
      int number = asked++;
      opening.acquire();
      threads.execute(() -> live(number, let));
    }
    let.await();
  }

  private void live(int number, CountDownLatch let) {
    boolean in = false;
    try {
      ChatSocket socket =
          ChatSocket.open(
              sources.get(number % sources.size()),
              engine,
              tokens.apply(number),
              OPENING_TIMEOUT,
              pings);
      sockets.add(socket);
      for (int i = 0; i < MESSAGES; i++) {
        socket.read();
      }
      socket.patience(SILENCE_MAX);
      in = true;
      entered(let);
      while (true) {
        socket.read();
      }
    } catch (IOException e) {
      if (!closing) {
        lost.incrementAndGet();
      }
    } finally {
      if (!in) {
        entered(let);
      }
    }
  }

  private void entered(CountDownLatch let) {
    opening.release();
    let.countDown();
  }

  /** Those that were not let in, or that the engine closed since. */
  int lost() {
    return lost.get();
  }

  /** Pings that were answered so far. */
  long pings() {
    return pings.get();
  }

  /** Cuts all connections. */
  @Override
  public void close() {
    closing = true;
    sockets.forEach(ChatSocket::cut);
    threads.close();
  }
}
