package io.fengda.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a fresh node does in its first minute under more load than a cold one can take: the
 * distribution as it ships (A) against the same without its cache and its warm-up (B), or with what
 * was asked for, in turn. PostgreSQL and Kafka are another engine's, of which the node knows nothing.
 */
final class WarmStartBench {
  private static final double RATE = 400;
  private static final int PAIRS = 3;
  private static final int WINDOW_SECONDS = 10;
  private static final int WINDOWS = 6;
  private static final List<String> NEITHER =
      List.of("-XX:AOTMode=off", "-Dfengda.warm-up.time=0s");

  private final double rate;
  private final Path program;
  private final List<String> difference;

  /**
   * Makes a run.
   *
   * @param difference of B, as options of its JVM
   */
  private WarmStartBench(double rate, Path program, List<String> difference) {
    this.rate = rate;
    this.program = program;
    this.difference = difference;
  }

  /** Reads {@code [RATE] [difference …]}: turns a second, and what B has in place of neither. */
  static WarmStartBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, List.of());
    if (arguments.engine().stream().anyMatch(argument -> argument.startsWith("classpath="))) {
      throw new UsageException("the node is started as it ships: with its own classes");
    }
    List<String> asked =
        arguments.engine().stream()
            .map(argument -> argument.startsWith("-X") ? argument : "-D" + argument)
            .toList();
    Path program = Path.of("../target/fengda/bin/fengda").toAbsolutePath().normalize();
    if (!Files.isExecutable(program)) {
      throw new UsageException(program + " is missing: mvn -DskipTests package makes it");
    }
    return new WarmStartBench(
        arguments.number(0, RATE), program, asked.isEmpty() ? NEITHER : asked);
  }

  /** One start: seconds until ready, from then to the first turn, and the minute after. */
  private record Start(double readySeconds, double idleSeconds, Turns turns) {
    double perSecond(int window) {
      return in(window).size() / (double) WINDOW_SECONDS;
    }

    double p95(int window) {
      return in(window).latency(0.95);
    }

    /** Answered in the window, whenever they were asked. */
    private Turns in(int window) {
      double from = window * (double) WINDOW_SECONDS;
      return turns
          .of(Outcome.ANSWER)
          .where(
              turn -> {
                double at = turn.dueSeconds() + turn.millis() / 1e3;
                return at >= from && at < from + WINDOW_SECONDS;
              });
    }
  }

  String run() {
    int port = Ports.free();
    // A tenant each, so that no start finds longer conversations than another.
    List<Tenant> tenants =
        IntStream.rangeClosed(0, 2 * PAIRS)
            .mapToObj(i -> Tenant.unbounded("shop-" + i, port))
            .toList();
    EngineSpec services =
        EngineSpec.of(List.of())
            .environment("FENGDA_ROLES", "answerer")
            .environment("FENGDA_KNOWLEDGE_DIR", "none");
    Process vendor = Bench.vendors(Map.of(port, "50"));
    try (Engine engine = Engine.start(services)) {
      Bench.say("one start that does not count");
      start(engine, tenants, 0, List.of());
      List<Start> as = new ArrayList<>();
      List<Start> bs = new ArrayList<>();
      head();
      for (int pair = 0; pair < PAIRS; pair++) {
        as.add(start(engine, tenants, 2 * pair + 1, List.of()));
        print("A", as.getLast());
        bs.add(start(engine, tenants, 2 * pair + 2, difference));
        print("B", bs.getLast());
      }
      return report(as, bs);
    } finally {
      vendor.destroy();
    }
  }

  /** Starts a node, loads it from the moment it is ready, and stops it. */
  private Start start(Engine services, List<Tenant> tenants, int number, List<String> options) {
    Map<String, Integer> ports = Ports.free("HTTP", "MANAGEMENT", "CLUSTER", "ANSWERER");
    List<Node> nodes = new ArrayList<>();
    long[] readyNanos = new long[1];
    try {
      Turns turns =
          Load.run(
              List.of("http://127.0.0.1:" + ports.get("HTTP")),
              () -> {
                nodes.add(Node.start(node(services, tenants, options), ports));
                readyNanos[0] = System.nanoTime();
              },
              Population.of(tenants.get(number), Bench.CUSTOMERS, rate, WINDOWS * WINDOW_SECONDS));
      return new Start(
          nodes.getFirst().readySeconds(),
          (Load.current().startNanos() - readyNanos[0]) / 1e9,
          turns);
    } finally {
      nodes.forEach(Node::close);
    }
  }

  private ProcessBuilder node(Engine services, List<Tenant> tenants, List<String> options) {
    List<String> all = new ArrayList<>(EngineSpec.properties(tenants, Map.of()));
    all.addAll(options);
    ProcessBuilder builder = Processes.leashed(program);
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "JAVA_OPTS", String.join(" ", all),
                "FENGDA_ROLES", "gateway,conversation,worker",
                "FENGDA_DATABASE_URL", "postgres://fengda:fengda@" + services.database(),
                "FENGDA_KAFKA_BOOTSTRAP", services.kafka()));
    return builder;
  }

  private static void head() {
    System.out.println(
        "  ready after s, first turn s later | answers a second (P95 of them, ms) in seconds "
            + windows(window -> window * WINDOW_SECONDS));
  }

  private static void print(String name, Start start) {
    System.out.printf(
        Locale.ROOT,
        "%s %13.1f %19.1f | %s%n",
        name,
        start.readySeconds(),
        start.idleSeconds(),
        IntStream.range(0, WINDOWS)
            .mapToObj(
                window ->
                    String.format(
                        Locale.ROOT, "%.0f (%.0f)", start.perSecond(window), start.p95(window)))
            .collect(Collectors.joining(", ")));
  }

  private String report(List<Start> as, List<Start> bs) {
    System.out.printf(
        Locale.ROOT,
        "%.0f turns a second offered; medians:%nA, as shipped: ready %.1f s, %s%n"
            + "B, with %s: ready %.1f s, %s%n",
        rate,
        median(as, Start::readySeconds),
        perSecond(as),
        String.join(" ", difference),
        median(bs, Start::readySeconds),
        perSecond(bs));
    return String.format(
        Locale.ROOT,
        "{\"readySeconds\": %.1f, \"turnsPerSecond\": [%s], \"b\": {\"readySeconds\": %.1f,"
            + " \"turnsPerSecond\": [%s]}}",
        median(as, Start::readySeconds),
        perSecond(as),
        median(bs, Start::readySeconds),
        perSecond(bs));
  }

  private static String perSecond(List<Start> starts) {
    return windows(window -> median(starts, start -> start.perSecond(window)));
  }

  private static String windows(IntToDoubleFunction value) {
    return IntStream.range(0, WINDOWS)
        .mapToObj(window -> String.format(Locale.ROOT, "%.0f", value.applyAsDouble(window)))
        .collect(Collectors.joining(", "));
  }

  private static double median(List<Start> starts, ToDoubleFunction<Start> value) {
    double[] values = starts.stream().mapToDouble(value).toArray();
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
