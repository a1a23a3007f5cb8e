package io.fengda.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** One run of Gatling: populations that send their turns to an engine, and what came of them. */
final class Load {
  private static volatile Load current;

  private final List<String> urls;
  private final Runnable before;
  private final List<Population> populations;
  private final AtomicLong startNanos = new AtomicLong();
  private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

  private Load(List<String> urls, Runnable before, List<Population> populations) {
    this.urls = urls;
    this.before = before;
    this.populations = populations;
  }

  /** Runs to the end of the longest population and of its last turn. */
  static Turns run(Engine engine, Population... populations) {
    return run(engine.urls(), () -> {}, populations);
  }

  /**
   * The same against ports that need not be open yet.
   *
   * @param before what is done when everything is prepared, and right before the first turn
   */
  static synchronized Turns run(List<String> urls, Runnable before, Population... populations) {
    current = new Load(List.copyOf(urls), before, List.of(populations));
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

  void begin() {
    before.run();
  }

  /** The first turn is sent now, unless one was sent before. */
  void started() {
    startNanos.compareAndSet(0, System.nanoTime());
  }

  /** When the first turn was sent, by {@link System#nanoTime}. */
  long startNanos() {
    return startNanos.get();
  }

  List<Population> populations() {
    return populations;
  }

  void ended(Turn turn) {
    turns.add(turn);
  }
}
