package io.fengda.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Clients that hold their connections as long as they can: a third send a request's head a byte a
 * second, a third a body, a third ask for all that was said and read a byte a second of it. What
 * other customers feel of it: windows without and with them take turns, in the same run.
 */
final class SlowDrill {
  private static final int CONNECTIONS = 1_000;
  private static final double OTHERS_RATE = 100;

  private final int connections;
  private final List<String> difference;

  private SlowDrill(int connections, List<String> difference) {
    this.connections = connections;
    this.difference = difference;
  }

  /** Reads {@code [CONNECTIONS] [difference …]}. */
  static SlowDrill of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, List.of());
    return new SlowDrill(arguments.whole(0, CONNECTIONS, 1, 10_000), arguments.engine());
  }

  String run() {
    int port = Ports.free();
    Process vendors = Bench.vendors(Map.of(port, "50"));
    Tenant tenant = Tenant.unbounded(port);
    try (Engine engine = Engine.start(EngineSpec.of(List.of(tenant)).with(difference))) {
      Bench.warm(engine, tenant);
      SlowClients slow = new SlowClients(engine, tenant, connections);
      Bench.say("%d pairs of windows with and without slow clients".formatted(Pairs.COUNT));
      Turns others = disturbed(engine, tenant, slow);
      int lost = new LostTurns(engine, List.of(tenant)).count(others);
      double ratio = Pairs.row("slow clients", others);
      System.out.printf(
          Locale.ROOT,
          "slow clients: at most %d at once, %d connections made, %d cut off by the engine;"
              + " lost turns: %d%n",
          slow.most(),
          slow.made(),
          slow.cut(),
          lost);
      return String.format(
          Locale.ROOT, "{\"othersP99Ratio\": %.2f, \"slowConnections\": %d}", ratio, slow.most());
    } finally {
      vendors.destroy();
    }
  }

  private static Turns disturbed(Engine engine, Tenant tenant, SlowClients slow) {
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      Turns others =
          Load.run(
              engine.urls(),
              () -> {
                for (int pair = 0; pair < Pairs.COUNT; pair++) {
                  int from = (2 * pair + 1) * Pairs.WINDOW_SECONDS;
                  var coming = timer.schedule(slow::come, from, TimeUnit.SECONDS);
                  var going =
                      timer.schedule(slow::go, from + Pairs.WINDOW_SECONDS, TimeUnit.SECONDS);
                }
              },
              Pairs.population("others", List.of(tenant), OTHERS_RATE));
      slow.go();
      return others;
    }
  }
}
