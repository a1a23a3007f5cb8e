package io.fengda.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One run of Gatling: populations that send their turns to an engine, and what came of them. */
final class Load {
  private static volatile Load current;

  private final List<String> urls;
  private final List<Population> populations;
  private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

  private Load(List<String> urls, List<Population> populations) {
    this.urls = urls;
    this.populations = populations;
  }

  /** Runs to the end of the longest population and of its last turn. */
  static synchronized Turns run(Engine engine, Population... populations) {
    current = new Load(engine.urls(), List.of(populations));
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

  List<String> urls() {
    return urls;
  }

  List<Population> populations() {
    return populations;
  }

  void ended(Turn turn) {
    turns.add(turn);
  }
}
