package io.fengda.bench;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * WebSockets: how many customers a second can come and go, and what one costs who only stays. All
 * have a conversation of one turn, which is read when they come: its entity lives.
 */
final class SocketsBench {
  private static final int SOCKETS = 16_000;
  private static final int SOCKETS_MAX = 100_000;
  private static final double CONNECTS_PER_SECOND = 600;
  private static final int SECONDS = 60;
  private static final int HOLD_SECONDS = 60;

  /** Rates that make the code of a connection warm. */
  private static final int[] WARM_RATES = {50, 150, 300, 450};

  private static final int WARM_SECONDS = 20;

  /** Of those who come and go. */
  private static final int CHURN_CUSTOMERS = 2_000;

  private static final int TEMPLATES = 20;
  private static final int SNAPSHOT_EVERY = 50;

  /** Each address has some 28,000 ports to come from, and one is taken for a minute more. */
  private static final int SOURCES = 8;

  /** Files of a process that are no sockets of customers. */
  private static final int OTHER_FILES_MAX = 1_500;

  private static final int YOUNG_MEGABYTES = 256;
  private static final int EMPTY_MEGABYTES = 768;

  /** Far more than a socket should take. */
  private static final int KIBIBYTES_EACH = 128;

  private final int sockets;
  private final double rate;
  private final List<String> difference;

  private SocketsBench(int sockets, double rate, List<String> difference) {
    this.sockets = sockets;
    this.rate = rate;
    this.difference = difference;
  }

  /** Reads {@code [SOCKETS] [CONNECTS_PER_SECOND] [difference …]}. */
  static SocketsBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(2, List.of());
    int sockets = arguments.whole(0, SOCKETS, 100, SOCKETS_MAX);
    long files = Processes.openFilesMax();
    if (files < sockets + OTHER_FILES_MAX) {
      throw new UsageException(
          "%d sockets are as many open files and %d more, of the engine and here: ulimit -n is %d"
              .formatted(sockets, OTHER_FILES_MAX, files));
    }
    return new SocketsBench(sockets, arguments.number(1, CONNECTS_PER_SECOND), arguments.engine());
  }

  String run() {
    int port = Ports.free();
    Tenant shop = Tenant.unbounded(port);
    EngineSpec spec = spec(shop);
    Process vendor = Bench.vendors(Map.of(port, "50"));
    try (Engine engine = Engine.start(spec)) {
      Bench.warmALittle(engine, shop);
      seed(engine, shop);
      return measure(engine, shop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      vendor.destroy();
    }
  }

  private EngineSpec spec(Tenant shop) {
    int heap = EMPTY_MEGABYTES + (int) ((long) sockets * KIBIBYTES_EACH / 1024);
    return EngineSpec.of(List.of(shop))
        .options(List.of("-Xmx%dm".formatted(heap)))
        .options(Footprint.options(YOUNG_MEGABYTES))
        .environment("FENGDA_CONNECTIONS_MAX", Integer.toString(sockets + OTHER_FILES_MAX))
        .environment("FENGDA_ENTITIES_MAX", Integer.toString(2 * sockets + 20_000))
        .with(difference);
  }

  private static String idle(long number) {
    return "idle-" + number;
  }

  private static String passing(long number) {
    return "passing-" + number;
  }

  private void seed(Engine engine, Tenant shop) {
    List<String> customers = Talks.customers("template-", TEMPLATES);
    Talks.hold(engine, shop, customers, 1);
    try (JournalSeed seed = JournalSeed.of(engine)) {
      Templates templates = seed.templates(shop, customers, SNAPSHOT_EVERY);
      seed.copy(templates, shop, SocketsBench::passing, CHURN_CUSTOMERS);
      seed.copy(templates, shop, SocketsBench::idle, sockets);
      seed.settle();
    }
  }

  private String measure(Engine engine, Tenant shop) throws InterruptedException {
    URI url = URI.create(engine.first().url());
    List<InetAddress> sources = Wire.addresses(SOURCES);
    Churn.Result churn = churn(engine, shop, url, sources);
    Footprint empty = Footprint.of(engine.first());
    try (IdleSockets idle = new IdleSockets(url, sources, number -> shop.token(idle(number)))) {
      Bench.say("%d sockets are opened".formatted(sockets / 2));
      idle.openUntil(sockets / 2);
      Footprint half = Footprint.of(engine.first());
      Bench.say("%d more".formatted(sockets - sockets / 2));
      idle.openUntil(sockets);
      long pingsBefore = idle.pings();
      double cpuBefore = engine.cpu().engine();
      Bench.say("they stay for %d s".formatted(HOLD_SECONDS));
      Thread.sleep(1_000L * HOLD_SECONDS);
      double cpu = engine.cpu().engine() - cpuBefore;
      long pings = idle.pings() - pingsBefore;
      Footprint all = Footprint.of(engine.first());
      Footprint each = all.minus(empty).per(sockets);
      Footprint.head();
      empty.print("no sockets");
      half.print("%d sockets".formatted(sockets / 2));
      all.print("%d sockets".formatted(sockets));
      each.printBytes("each");
      all.minus(half).per(sockets - sockets / 2).printBytes("each of the second half");
      System.out.printf(
          Locale.ROOT,
          "%nin %d s: %d pings answered, %d sockets lost; the engine took %.1f %% of a core%n"
              + "in memory as the node itself says: %d conversations; client: RSS %.0f MB%n",
          HOLD_SECONDS,
          pings,
          idle.lost(),
          100 * cpu / HOLD_SECONDS,
          engine.first().residents(),
          Processes.rssBytes(ProcessHandle.current().pid()) / 1e6);
      return String.format(
          Locale.ROOT,
          "{\"rssBytesPerSocket\": %.0f, \"heapBytesPerSocket\": %.0f, \"sockets\": %d, \"lost\":"
              + " %d, \"connectsPerSecond\": %.0f, \"connectP99Ms\": %.0f, \"connectFailures\":"
              + " %d}",
          each.rssBytes(),
          each.heapBytes(),
          sockets,
          idle.lost(),
          churn.perSecond(),
          churn.quantile(0.99),
          churn.failures());
    }
  }

  private Churn.Result churn(Engine engine, Tenant shop, URI url, List<InetAddress> sources) {
    List<String> tokens =
        IntStream.range(0, CHURN_CUSTOMERS).mapToObj(i -> shop.token(passing(i))).toList();
    for (int warmRate : WARM_RATES) {
      Churn.Result warm = Churn.run(url, sources, tokens, warmRate, WARM_SECONDS);
      Bench.say(
          "%d connections a second: P50 %.0f, P99 %.0f ms, %d failed"
              .formatted(warmRate, warm.quantile(0.5), warm.quantile(0.99), warm.failures()));
    }
    Bench.say("%.0f connections a second for %d s".formatted(rate, SECONDS));
    Engine.Cpu before = engine.cpu();
    double clientBefore = Processes.cpuSeconds(ProcessHandle.current());
    Churn.Result churn = Churn.run(url, sources, tokens, rate, SECONDS);
    Engine.Cpu cpu = engine.cpu().minus(before);
    double client = Processes.cpuSeconds(ProcessHandle.current()) - clientBefore;
    double connects = Math.max(1, churn.millis().length);
    System.out.printf(
        Locale.ROOT,
        "%.0f connections a second offered for %d s: %.1f/s got their first message, %d never%n"
            + "from due to first message: P50 %.0f, P95 %.0f, P99 %.0f, max %.0f ms%n"
            + "CPU us each: engine %.0f, PostgreSQL %.0f, Kafka %.0f; client %.0f%n",
        rate,
        SECONDS,
        churn.perSecond(),
        churn.failures(),
        churn.quantile(0.5),
        churn.quantile(0.95),
        churn.quantile(0.99),
        churn.quantile(1),
        cpu.engine() * 1e6 / connects,
        cpu.postgres() * 1e6 / connects,
        cpu.kafka() * 1e6 / connects,
        client * 1e6 / connects);
    return churn;
  }
}
