package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Conversations that are held over REST, one turn after the other, so that they can be copied. */
final class Talks {
  /** Conversations at once: few enough that no turn is refused or late. */
  private static final int PARALLELISM = 8;

  private static final Duration TIMEOUT = Duration.ofSeconds(45);
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(200);
  private static final int TRIES_MAX = 50;
  private static final int BUFFER_BYTES = 4_096;
  private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

  private final URI engine;
  private final Tenant tenant;
  private final AtomicInteger fallbacks = new AtomicInteger();

  private Talks(URI engine, Tenant tenant) {
    this.engine = engine;
    this.tenant = tenant;
  }

  /** The names of customers who talk. */
  static List<String> customers(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  /** Each of the customers talks for so many turns, about what customers of CrossWOZ do. */
  static void hold(Engine engine, Tenant tenant, List<String> customers, int turns) {
    Bench.say("%d conversations of %d turns are held".formatted(customers.size(), turns));
    Talks talks = new Talks(URI.create(engine.first().url()), tenant);
    Semaphore places = new Semaphore(PARALLELISM);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> all =
          IntStream.range(0, customers.size())
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () -> talks.hold(customers.get(i), i, turns, places), threads))
              .toList();
      all.forEach(CompletableFuture::join);
    }
    if (talks.fallbacks.get() > 0) {
      Bench.say("%d of these turns were not answered".formatted(talks.fallbacks.get()));
    }
  }

  private void hold(String customer, int number, int turns, Semaphore places) {
    places.acquireUninterruptibly();
    String token = tenant.token(customer);
    try (Wire wire = Wire.open(LOCAL, engine, TIMEOUT, BUFFER_BYTES)) {
      for (String text : Dialogues.talk(number, turns)) {
        // An id as long as ids are: it stays in memory.
        say(wire, token, "{\"messageId\":\"%s\",\"text\":%s}".formatted(UUID.randomUUID(), text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      places.release();
    }
  }

  private void say(Wire wire, String token, String message) throws IOException {
    Wire.Response response = null;
    for (int i = 0; i < TRIES_MAX; i++) {
      response = wire.ask("POST", "/v1/conversations/main/messages", token, message);
      if (response.status() == 200) {
        if (!response.body().contains("\"outcome\":\"answer\"")) {
          fallbacks.incrementAndGet();
        }
        return;
      }
      LockSupport.parkNanos(PAUSE_AFTER_REFUSAL.toNanos());
    }
    throw new IllegalStateException("a message is not accepted: " + response);
  }
}
