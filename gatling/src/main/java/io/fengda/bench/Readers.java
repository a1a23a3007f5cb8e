package io.fengda.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** Customers who open their conversations: each has its history read, from the first message on. */
final class Readers {
  private static final int PARALLELISM = 32;

  /** One message tells that the conversation is there; all would be a test of JSON. */
  private static final String PATH = "/v1/conversations/main/messages?limit=1";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);
  private static final Duration SAY_EVERY = Duration.ofSeconds(5);
  private static final int TRIES_MAX = 100;
  private static final int BUFFER_BYTES = 4_096;

  private final Node node;
  private final Tenant tenant;
  private final LongFunction<String> names;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong triedAgain = new AtomicLong();

  /**
   * Of a tenant's customers.
   *
   * @param names by number
   */
  Readers(Node node, Tenant tenant, LongFunction<String> names) {
    this.node = node;
    this.tenant = tenant;
    this.names = names;
  }

  /**
   * Reads the conversations of some customers, as fast as it goes.
   *
   * @param every each so many customers, beginning with the first
   * @return seconds that it took
   */
  double read(long from, long to, long every) {
    next.set(from);
    read.set(0);
    long startNanos = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> all =
          IntStream.range(0, PARALLELISM)
              .mapToObj(i -> CompletableFuture.runAsync(() -> readSome(to, every), threads))
              .toList();
      await(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)), startNanos);
    }
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** How often something had to be asked again, so far. */
  long triedAgain() {
    return triedAgain.get();
  }

  private void await(CompletableFuture<Void> all, long startNanos) {
    while (true) {
      try {
        all.get(SAY_EVERY.toSeconds(), TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        Bench.say(
            String.format(
                Locale.ROOT,
                "%d conversations read, %.0f/s; RSS of the node %.0f MB",
                read.get(),
                read.get() / seconds,
                node.rssBytes() / 1e6));
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void readSome(long to, long every) {
    long number = next.getAndAdd(every);
    int tries = 0;
    while (number < to) {
      try (Wire wire =
          Wire.open(
              InetAddress.getLoopbackAddress(), URI.create(node.url()), TIMEOUT, BUFFER_BYTES)) {
        while (number < to) {
          if (isRead(wire, names.apply(number))) {
            read.incrementAndGet();
            number = next.getAndAdd(every);
            tries = 0;
          } else {
            tries = again(tries);
          }
        }
      } catch (IOException e) {
        tries = again(tries);
      }
    }
  }

  private boolean isRead(Wire wire, String customer) throws IOException {
    Wire.Response response = wire.ask("GET", PATH, tenant.token(customer), "");
    if (response.status() == 404) {
      throw new IllegalStateException("the conversation of %s is not there".formatted(customer));
    }
    return response.status() == 200;
  }

  /** A node that is collecting garbage, for example, answers later. */
  private int again(int tries) {
    if (tries >= TRIES_MAX) {
      throw new IllegalStateException("a conversation can not be read");
    }
    triedAgain.incrementAndGet();
    LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
    return tries + 1;
  }
}
