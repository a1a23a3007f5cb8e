package io.fengda.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One run of Gatling: populations that send their turns to an engine, and what came of them. */
final class Load {
  private static volatile Load current;

  private final String url;
  private final List<Population> populations;
  private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

  private Load(String url, List<Population> populations) {
    this.url = url;
    this.populations = populations;
  }

  /** Runs to the end of the longest population and of its last turn. */
  static synchronized Turns run(Engine engine, Population... populations) {
    current = new Load(engine.url(), List.of(populations));
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      int status =
          io.gatling.app.Gatling$.MODULE$.fromArgs(
              new String[] {
                "--simulation",
                LoadSimulation.class.getName(),
                "--no-reports",
                "--results-folder",
                System.getProperty("java.io.tmpdir")
              });
      if (status != 0) {
        throw new IllegalStateException("Gatling ended with status " + status);
      }
    } finally {
      System.setOut(out);
    }
    return new Turns(List.copyOf(current.turns));
  }

  static Load current() {
    return current;
  }

  String url() {
    return url;
  }

  List<Population> populations() {
    return populations;
  }

  void ended(Turn turn) {
    turns.add(turn);
  }
}
