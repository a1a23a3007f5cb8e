package io.fengda.bench;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs one drill: {@code gatling/bench NAME}. */
public final class Bench {
  /** Customers of each tenant that the engine knows. */
  static final int CUSTOMERS = 2_000;

  /** A rate that the engine stands while it is cold, and one that warms it. */
  private static final int[] WARM_RATES = {20, 60, 120, 180, 240, 300};

  private static final int[] WARM_SECONDS = {20, 20, 40, 60, 60, 60};

  private Bench() {}

  public static void main(String[] args) {
    Processes.exitWithParent();
    String name = args.length == 0 ? "" : args[0];
    try {
      String result = run(name, List.of(args).subList(Math.min(1, args.length), args.length));
      System.out.println("RESULT " + result);
      System.exit(0);
    } catch (UsageException e) {
      System.err.println(name.isEmpty() ? e.getMessage() : name + ": " + e.getMessage());
      System.exit(2);
    } catch (RuntimeException e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static String run(String name, List<String> given) {
    return switch (name) {
      case "peak" -> PeakDrill.of(given).run();
      case "noisy" -> new NoisyDrill().run();
      case "slow" -> SlowDrill.of(given).run();
      case "vendors" -> new VendorDrill().run();
      case "turns" -> TurnsBench.of(given).run();
      case "density" -> DensityBench.of(given).run();
      case "sockets" -> SocketsBench.of(given).run();
      case "warmstart" -> WarmStartBench.of(given).run();
      case "soak" -> SoakBench.of(given).run();
      case "growth" -> GrowthBench.of(given).run();
      case "autoscale" -> AutoscaleBench.of(given).run();
      default -> throw new UsageException("gatling/bench says which benches there are");
    };
  }

  /** Progress, for people who wait. */
  static void say(String line) {
    System.err.println(line);
  }

  /** Warms an engine: 30,000 turns and more, in four minutes. */
  static void warm(Engine engine, Tenant tenant) {
    warm(engine, tenant, WARM_RATES.length);
  }

  /** Warms an engine so far that it answers in time, in 40 s. */
  static void warmALittle(Engine engine, Tenant tenant) {
    warm(engine, tenant, 2);
  }

  private static void warm(Engine engine, Tenant tenant, int steps) {
    List<Population.Phase> phases = new ArrayList<>();
    int turns = 0;
    for (int i = 0; i < steps; i++) {
      phases.add(new Population.Phase(WARM_RATES[i], WARM_SECONDS[i]));
      turns += WARM_RATES[i] * WARM_SECONDS[i];
    }
    say("warming the engine with %d turns".formatted(turns));
    Turns warm = Load.run(engine, new Population(tenant.id(), List.of(tenant), CUSTOMERS, phases));
    say("warm: %.1f %% answered".formatted(100 * warm.answered()));
  }

  /**
   * Starts the scripted vendors.
   *
   * @param scripts by port, what {@link ScriptedVendor} is told behind it
   */
  static Process vendors(Map<Integer, String> scripts) {
    String[] args =
        scripts.entrySet().stream()
            .map(vendor -> vendor.getKey() + ":" + vendor.getValue())
            .toArray(String[]::new);
    try {
      Process vendors =
          Processes.java(
                  List.of(
                      "-Xmx128m",
                      "-XX:+UseSerialGC",
                      "-Ddata=" + System.getProperty("data", "none")),
                  System.getProperty("java.class.path"),
                  ScriptedVendor.class.getName(),
                  args)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (new InputStreamReader(vendors.getInputStream(), StandardCharsets.UTF_8).read() < 0) {
        throw new IllegalStateException("the vendors do not start");
      }
      return vendors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
