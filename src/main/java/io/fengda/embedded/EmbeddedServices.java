package io.fengda.embedded;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** PostgreSQL and Kafka of one engine, and its claim on their data directory. */
public final class EmbeddedServices implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private final EmbeddedKafka kafka;
  private final EngineLock lock;

  private EmbeddedServices(EmbeddedPostgres postgres, EmbeddedKafka kafka, EngineLock lock) {
    this.postgres = postgres;
    this.kafka = kafka;
    this.lock = lock;
  }

  /**
   * Starts both at once and returns when both serve; throws {@link EmbeddedStartException}, with
   * nothing left running, as soon as one does not start.
   *
   * @param progress gets one line for each service when it serves, never two at a time
   */
  public static EmbeddedServices start(ServicesSpec spec, Consumer<String> progress) {
    EngineLock lock = EngineLock.of(Folders.writable(spec.dataDirectory()));
    Progress lines = new Progress(progress);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      var postgres = CompletableFuture.supplyAsync(() -> startPostgres(spec, lines), threads);
      var kafka = CompletableFuture.supplyAsync(() -> startKafka(spec, lines), threads);
      try {
        var unused = CompletableFuture.anyOf(postgres, kafka).join();
        return new EmbeddedServices(postgres.join(), kafka.join(), lock);
      } catch (CompletionException failure) {
        threads.shutdownNow();
        await(kafka.thenAccept(EmbeddedKafka::stop));
        await(postgres.thenAccept(EmbeddedPostgres::stop));
        lock.close();
        throw reason(failure);
      }
    }
  }

  private static EmbeddedPostgres startPostgres(ServicesSpec spec, Progress progress) {
    long startNanos = System.nanoTime();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(spec.postgres());
    String first = postgres.isFirstStart() ? " (first start: unpacked and initialised)" : "";
    progress.line("PostgreSQL " + postgres.version(), postgres.port(), first, startNanos);
    return postgres;
  }

  private static EmbeddedKafka startKafka(ServicesSpec spec, Progress progress) {
    long startNanos = System.nanoTime();
    EmbeddedKafka kafka = EmbeddedKafka.start(spec.kafka());
    String first = kafka.isFirstStart() ? " (first start: formatted)" : "";
    progress.line("Kafka " + kafka.version(), kafka.port(), first, startNanos);
    return kafka;
  }

  /** Waits for what stops a service once it has started; one that did not start needs no stop. */
  private static void await(CompletableFuture<Void> stopped) {
    var unused = stopped.handle((done, notStarted) -> true).join();
  }

  private static RuntimeException reason(CompletionException failure) {
    return failure.getCause() instanceof EmbeddedStartException reason ? reason : failure;
  }

  /** The database, for whoever wants its port or process. */
  public EmbeddedPostgres postgres() {
    return postgres;
  }

  /** The broker, for whoever wants its address or process. */
  public EmbeddedKafka kafka() {
    return kafka;
  }

  /** Stops Kafka, then PostgreSQL, and gives the data directory free; once is enough. */
  public void stop() {
    try (lock;
        postgres) {
      kafka.stop();
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Lines of progress, one after the other. */
  private static final class Progress {
    private final Consumer<String> consumer;

    Progress(Consumer<String> consumer) {
      this.consumer = consumer;
    }

    synchronized void line(String service, int port, String remark, long startNanos) {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      consumer.accept(
          String.format(
              Locale.ROOT, "%s on %s:%d%s, %.1f s", service, Ports.HOST, port, remark, seconds));
    }
  }
}
