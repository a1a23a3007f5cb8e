package io.fengda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One tenant at twenty times its quota, with a vendor that takes 1.5 s; then records that nobody
 * can read on every partition of the queries. What the other tenants feel of it: quiet and noisy
 * windows take turns, in the same run.
 */
final class NoisyDrill {
  private static final int QUOTA = 10;
  private static final int TIMES_QUOTA = 20;
  private static final double OTHERS_RATE = 60;

  private static final int POISON_EVERY_SECONDS = 5;
  private static final String QUERIES = "fengda.queries.text";

  String run() {
    int fast = Ports.free();
    int slow = Ports.free();
    Process vendors = Bench.vendors(Map.of(fast, "50", slow, "1500"));
    List<Tenant> others =
        IntStream.rangeClosed(1, 3)
            .mapToObj(i -> new Tenant("calm-" + i, Map.of(), List.of(fast)))
            .toList();
    Tenant loud =
        new Tenant(
            "loud", Map.of("messages-per-second", "" + QUOTA, "deadline", "5s"), List.of(slow));
    List<Tenant> all = new ArrayList<>(others);
    all.add(loud);
    try (Engine engine = Engine.start(EngineSpec.of(all))) {
      Bench.warm(engine, others.getFirst());
      Bench.say("%d pairs of windows with and without noise".formatted(Pairs.COUNT));
      Turns noise = Load.run(engine, Pairs.population("others", others, OTHERS_RATE), loud(loud));
      Bench.say("%d pairs of windows with and without poison".formatted(Pairs.COUNT));
      Turns poison = poisoned(engine, Pairs.population("others", others, OTHERS_RATE));
      int lost = new LostTurns(engine, all).count(Turns.all(List.of(noise, poison)));
      return report(engine, noise, poison, lost);
    } finally {
      vendors.destroy();
    }
  }

  private static Population loud(Tenant tenant) {
    List<Population.Phase> phases = new ArrayList<>();
    for (int pair = 0; pair < Pairs.COUNT; pair++) {
      phases.add(new Population.Phase(0, Pairs.WINDOW_SECONDS));
      phases.add(new Population.Phase(QUOTA * TIMES_QUOTA, Pairs.WINDOW_SECONDS));
    }
    return new Population("loud", List.of(tenant), Bench.CUSTOMERS, phases);
  }

  /** Each second window has an unreadable record on every partition, again and again. */
  private static Turns poisoned(Engine engine, Population others) {
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", engine.kafka()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      int partitions = producer.partitionsFor(QUERIES).size();
      for (int pair = 0; pair < Pairs.COUNT; pair++) {
        int from = (2 * pair + 1) * Pairs.WINDOW_SECONDS;
        for (int at = from; at < from + Pairs.WINDOW_SECONDS; at += POISON_EVERY_SECONDS) {
          var unused = timer.schedule(() -> poison(producer, partitions), at, TimeUnit.SECONDS);
        }
      }
      return Load.run(engine, others);
    }
  }

  private static void poison(KafkaProducer<byte[], byte[]> producer, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      producer.send(
          new ProducerRecord<>(QUERIES, partition, null, new byte[] {(byte) 0xff, 0x17, 0x2a}));
    }
  }

  private static String report(Engine engine, Turns noise, Turns poison, int lost) {
    double noiseRatio = Pairs.row("noise", noise.where(turn -> !turn.tenant().equals("loud")));
    double poisonRatio = Pairs.row("poison", poison);
    Turns loud = noise.where(turn -> turn.tenant().equals("loud"));
    System.out.printf(
        Locale.ROOT,
        "the loud tenant: %d turns, %d answered, %d fallbacks, %d refused (P50 %.0f, P99 %.0f ms),"
            + " %d errors%n",
        loud.size(),
        loud.of(Outcome.ANSWER).size(),
        loud.of(Outcome.FALLBACK).size(),
        loud.of(Outcome.QUOTA).size(),
        loud.of(Outcome.QUOTA).latency(0.5),
        loud.of(Outcome.QUOTA).latency(0.99),
        loud.of(Outcome.OVERLOAD).size() + loud.of(Outcome.ERROR).size());
    System.out.printf(
        Locale.ROOT,
        "poison records in fengda.dead: %.0f; lost turns: %d%n",
        engine.metric("fengda_records_lost_total", "poison"),
        lost);
    return String.format(
        Locale.ROOT,
        "{\"othersP99Ratio\": %.2f, \"poisonP99Ratio\": %.2f}",
        noiseRatio,
        poisonRatio);
  }
}
