package io.fengda.bench;

import java.util.Locale;

/** What a run of load cost; CPU in microseconds a turn that was answered. */
record Cost(
    double turnsPerSecond,
    Turns turns,
    double engine,
    double postgres,
    double kafka,
    double allocatedKilobytes,
    double rssMegabytes) {

  /** Runs the load and counts. */
  static Cost of(Engine engine, Population load) {
    Engine.Cpu before = engine.cpu();
    double allocated = engine.allocatedBytes();
    Turns turns = Load.run(engine, load);
    Engine.Cpu cpu = engine.cpu().minus(before);
    double answers = Math.max(1, turns.of(Outcome.ANSWER).size());
    return new Cost(
        answers / load.seconds(),
        turns,
        cpu.engine() * 1e6 / answers,
        cpu.postgres() * 1e6 / answers,
        cpu.kafka() * 1e6 / answers,
        (engine.allocatedBytes() - allocated) / 1024 / answers,
        engine.rssMegabytes());
  }

  double all() {
    return engine + postgres + kafka;
  }

  int answers() {
    return turns.of(Outcome.ANSWER).size();
  }

  /** Prints what stands above the columns of {@link #print}, behind a name of so many letters. */
  static void head(int nameLength) {
    System.out.println(
        " ".repeat(nameLength)
            + " turns/s  answers others | CPU us a turn: engine PostgreSQL Kafka   all |"
            + " mean P50  P95  P99  max ms, P99 less the vendor's time | KB allocated a turn, RSS MB");
  }

  void print(String name) {
    System.out.printf(
        Locale.ROOT,
        "%s %7.1f %8d %6d | %21.0f %10.0f %5.0f %5.0f |"
            + " %4.0f %3.0f %4.0f %4.0f %4.0f    %25.0f | %.0f, %.0f%n",
        name,
        turnsPerSecond,
        answers(),
        turns.size() - answers(),
        engine,
        postgres,
        kafka,
        all(),
        turns.meanOfAnswers(),
        turns.latencyOfAnswers(0.5),
        turns.latencyOfAnswers(0.95),
        turns.latencyOfAnswers(0.99),
        turns.latencyOfAnswers(1),
        turns.withoutVendor(0.99),
        allocatedKilobytes,
        rssMegabytes);
  }

  String json() {
    return "{" + jsonFields() + "}";
  }

  /** The fields of a JSON object, to which others may be added. */
  String jsonFields() {
    return String.format(
        Locale.ROOT,
        "\"turnsPerSecond\": %.1f, \"cpuUsPerTurn\": {\"total\": %.0f, \"engine\": %.0f,"
            + " \"postgres\": %.0f, \"kafka\": %.0f}, \"meanMs\": %.1f, \"p50Ms\": %.0f,"
            + " \"p95Ms\": %.0f, \"p99Ms\": %.0f, \"errors\": %d",
        turnsPerSecond,
        all(),
        engine,
        postgres,
        kafka,
        turns.meanOfAnswers(),
        turns.latencyOfAnswers(0.5),
        turns.latencyOfAnswers(0.95),
        turns.latencyOfAnswers(0.99),
        turns.size() - answers());
  }
}
