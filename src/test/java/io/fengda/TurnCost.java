package io.fengda;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a durable turn costs: CPU microseconds of engine, PostgreSQL and Kafka, at a fixed rate of
 * turns over REST. Load and scripted vendor (lognormal, mean 50 ms, sigma 0.5) are this process and
 * not counted. Nine of ten turns are of existing conversations.
 *
 * <p>Arguments: turns a second, seconds of warm-up, seconds of measurement.
 */
public final class TurnCost {
  private static final int CUSTOMERS = 2_000;
  private static final double SIGMA = 0.5;
  private static final double MU = Math.log(50) - SIGMA * SIGMA / 2;
  private static final int TICKS_PER_SECOND = 100;

  private TurnCost() {}

  public static void main(String[] args) throws Exception {
    int rate = Integer.parseInt(args[0]);
    int warmSeconds = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    List<Integer> ports = FreePorts.of(7);
    VendorServer vendor = vendor(ports.get(6));
    Path data = Files.createTempDirectory("fengda-cost");
    Process engine = engine(ports, data);
    try {
      FengdaClient client = FengdaClient.of(ports.get(0));
      awaitReady(engine, client);
      List<Customer> customers = new ArrayList<>();
      for (int i = 0; i < CUSTOMERS; i++) {
        customers.add(client.customer("harbor", "c-" + i));
      }
      run(client, customers, rate, warmSeconds);
      Cpu before = Cpu.of(engine);
      Load load = run(client, customers, rate, seconds);
      Cpu after = Cpu.of(engine);
      report(load, before, after, rate, seconds);
    } finally {
      engine.destroy();
      var unused = engine.waitFor(60, TimeUnit.SECONDS);
      vendor.close();
    }
    System.exit(0);
  }

  private static void report(Load load, Cpu before, Cpu after, int rate, int seconds) {
    double turns = load.answers();
    double engine = (after.engine() - before.engine()) / turns;
    double postgres = (after.postgres() - before.postgres()) / turns;
    double kafka = (after.kafka() - before.kafka()) / turns;
    System.out.printf(
        Locale.ROOT,
        "%d turns/s for %d s: %d answers, %d others%n"
            + "CPU us a turn: engine %.0f, PostgreSQL %.0f, Kafka %.0f, all %.0f%n"
            + "latency ms: P50 %.0f, P95 %.0f, P99 %.0f, max %.0f%n",
        rate,
        seconds,
        load.answers(),
        load.others(),
        engine,
        postgres,
        kafka,
        engine + postgres + kafka,
        load.millis(0.5),
        load.millis(0.95),
        load.millis(0.99),
        load.millis(1));
    System.out.printf(
        Locale.ROOT,
        "RESULT {\"turnsPerSecond\": %.1f, \"cpuUsPerTurn\": {\"total\": %.0f, \"engine\": %.0f,"
            + " \"postgres\": %.0f, \"kafka\": %.0f}, \"p50Ms\": %.0f, \"p95Ms\": %.0f,"
            + " \"p99Ms\": %.0f, \"errors\": %d}%n",
        turns / seconds,
        engine + postgres + kafka,
        engine,
        postgres,
        kafka,
        load.millis(0.5),
        load.millis(0.95),
        load.millis(0.99),
        load.others());
  }

  /** What a run of load brought; latencies count from when the turn was due. */
  private record Load(int answers, int others, List<Long> sortedNanos) {
    double millis(double quantile) {
      int index =
          (int) Math.min(sortedNanos.size() - 1L, Math.round(quantile * sortedNanos.size()));
      return sortedNanos.get(index) / 1e6;
    }
  }

  private static Load run(FengdaClient client, List<Customer> customers, int rate, int seconds) {
    AtomicInteger answers = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> open = new ArrayList<>();
    Random random = new Random(1);
    long start = System.nanoTime();
    for (int i = 0; i < rate * seconds; i++) {
      long due = start + i * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      Customer customer =
          random.nextInt(10) == 0
              ? client.customer("harbor")
              : customers.get(random.nextInt(customers.size()));
      open.add(
          customer
              .sayAsync(UUID.randomUUID().toString(), "你好，我想找家人均消费在100-150元的餐馆吃饭，请推荐一家")
              .handle(
                  (reply, failure) -> {
                    nanos.add(System.nanoTime() - due);
                    (isAnswer(reply) ? answers : others).incrementAndGet();
                    return null;
                  }));
    }
    CompletableFuture.allOf(open.toArray(CompletableFuture[]::new)).join();
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    return new Load(answers.get(), others.get(), sorted);
  }

  private static boolean isAnswer(Reply reply) {
    return reply != null
        && reply.status() == 200
        && reply.json().get("outcome").asText().equals("answer");
  }

  private static VendorServer vendor(int port) {
    AnswerEvent answer =
        AnswerEvent.newBuilder()
            .setFinal(
                Final.newBuilder().setAnswer(Answer.newBuilder().setText("推荐您去讲礼驴肉馆用餐，人均消费68元。")))
            .build();
    return VendorServer.start(
        port,
        system ->
            NlpServiceHandlerFactory.create(
                request -> later(answer, ThreadLocalRandom.current().nextGaussian()), system));
  }

  private static Source<AnswerEvent, NotUsed> later(AnswerEvent answer, double gaussian) {
    long micros = (long) (1_000 * Math.exp(MU + SIGMA * gaussian));
    return Source.single(answer).initialDelay(Duration.ofNanos(1_000 * micros));
  }

  private static Process engine(List<Integer> ports, Path data) throws IOException {
    String vendor = "-Dfengda.tenants.harbor.vendors.0.";
    return Jvm.engine(
            ports,
            data,
            List.of(
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                vendor + "name=script",
                vendor + "host=127.0.0.1",
                vendor + "port=" + ports.get(6),
                vendor + "tls=false"))
        .inheritIO()
        .start();
  }

  private static void awaitReady(Process engine, FengdaClient client) throws InterruptedException {
    for (int i = 0; i < 600 && engine.isAlive(); i++) {
      try {
        if (client.send(client.request("/openapi.json").GET().build()).status() == 200) {
          return;
        }
      } catch (UncheckedIOException e) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("the engine does not get ready");
  }

  /** CPU time so far, in microseconds. */
  private record Cpu(double engine, double postgres, double kafka) {
    static Cpu of(Process engine) {
      return new Cpu(
          micros(Stream.of(engine.toHandle())),
          micros(named(engine, "postgres")),
          micros(named(engine, "java")));
    }

    private static Stream<ProcessHandle> named(Process engine, String program) {
      return engine
          .descendants()
          .filter(process -> process.info().command().orElse("").endsWith("/" + program));
    }

    private static double micros(Stream<ProcessHandle> processes) {
      return processes.mapToDouble(process -> micros(process.pid())).sum();
    }

    private static double micros(long pid) {
      try {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return IntStream.of(11, 12).mapToLong(i -> Long.parseLong(fields[i])).sum()
            * 1e6
            / TICKS_PER_SECOND;
      } catch (IOException e) {
        return 0;
      }
    }
  }
}
