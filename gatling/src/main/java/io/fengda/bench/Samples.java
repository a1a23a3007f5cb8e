package io.fengda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a node uses, looked at again and again while it works. */
final class Samples implements AutoCloseable {
  static final int EVERY_SECONDS = 30;

  private static final int PLOT_COLUMNS = 40;

  private final Node node;
  private final long startNanos = System.nanoTime();
  private final List<Sample> all = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private Samples(Node node) {
    this.node = node;
  }

  /**
   * One look.
   *
   * @param liveMegabytes of the old generation after its last collection
   * @param files that are open, and sockets
   * @param residents conversations in memory
   */
  record Sample(
      double minute,
      double rssMegabytes,
      double liveMegabytes,
      long threads,
      long files,
      int residents) {}

  /** Begins now and ends when it is closed. */
  static Samples of(Node node) {
    Samples samples = new Samples(node);
    var unused =
        samples.timer.scheduleAtFixedRate(samples::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    return samples;
  }

  private void look() {
    try {
      long pid = node.jvm().pid();
      Sample sample =
          new Sample(
              (System.nanoTime() - startNanos) / 60e9,
              node.rssBytes() / 1e6,
              node.metric("jvm_gc_live_data_size_bytes", "") / 1e6,
              Processes.threads(pid),
              Processes.openFiles(pid),
              node.residents());
      synchronized (all) {
        all.add(sample);
      }
    } catch (RuntimeException e) {
      Bench.say("a sample is missing: " + e);
    }
  }

  /** From a part of the time on; the first look is at 0 and the last at 1. */
  List<Sample> from(double part) {
    List<Sample> copy;
    synchronized (all) {
      copy = List.copyOf(all);
    }
    double end = copy.isEmpty() ? 0 : copy.getLast().minute();
    return copy.stream().filter(sample -> sample.minute() >= part * end).toList();
  }

  /** Prints a line for each look, with RSS as a point between its least and its most. */
  void plot() {
    List<Sample> samples = from(0);
    double min = samples.stream().mapToDouble(Sample::rssMegabytes).min().orElse(0);
    double max = samples.stream().mapToDouble(Sample::rssMegabytes).max().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "minute  RSS MB  old live MB  threads  files  in memory  RSS from %.1f to %.1f MB%n",
        min,
        max);
    for (Sample sample : samples) {
      int column =
          max > min
              ? (int) Math.round((sample.rssMegabytes() - min) / (max - min) * PLOT_COLUMNS)
              : 0;
      System.out.printf(
          Locale.ROOT,
          "%6.1f %7.1f %12.1f %8d %6d %10d  |%s*%s|%n",
          sample.minute(),
          sample.rssMegabytes(),
          sample.liveMegabytes(),
          sample.threads(),
          sample.files(),
          sample.residents(),
          " ".repeat(column),
          " ".repeat(PLOT_COLUMNS - column));
    }
  }

  @Override
  public void close() {
    timer.close();
  }
}
