package io.fengda.bench;

import java.util.List;
import java.util.Locale;

/**
 * What a node holds after full garbage collections.
 *
 * @param heapBytes of live objects
 * @param rssBytes of the whole process in RAM, PostgreSQL and Kafka not counted
 */
record Footprint(double heapBytes, double rssBytes) {
  /** What the first leaves to cleaners and references, the second finds. */
  private static final int COLLECTIONS = 2;

  /**
   * Three of four full collections of the serial collector leave up to a twentieth of the old
   * generation as it is, with what is dead in it; not so.
   */
  static final String WITHOUT_DEAD_WOOD = "-XX:MarkSweepDeadRatio=0";

  /**
   * Options of a JVM whose RSS is to be read. A full collection gives back what it freed, so that
   * RSS follows the live objects, and the young generation does not grow with the old one.
   */
  static List<String> options(int youngMegabytes) {
    return List.of(
        "-Xmn%dm".formatted(youngMegabytes),
        "-XX:MinHeapFreeRatio=5",
        "-XX:MaxHeapFreeRatio=10",
        "-XX:-ShrinkHeapInSteps",
        WITHOUT_DEAD_WOOD,
        "-XX:+ExitOnOutOfMemoryError");
  }

  /** Collects, which stops the node for a while, and counts. */
  static Footprint of(Node node) {
    for (int i = 0; i < COLLECTIONS; i++) {
      Processes.jcmd(node.jvm().pid(), "GC.run");
    }
    return new Footprint(node.heapBytes(), node.rssBytes());
  }

  /** Prints what stands above the columns of {@link #print}. */
  static void head() {
    System.out.printf("%n%-32s %9s %9s%n", "after a full collection", "heap", "RSS");
  }

  void print(String name) {
    System.out.printf(Locale.ROOT, "%-32s %9.1f %9.1f MB%n", name, heapBytes / 1e6, rssBytes / 1e6);
  }

  void printBytes(String name) {
    System.out.printf(Locale.ROOT, "%-32s %9.0f %9.0f bytes%n", name, heapBytes, rssBytes);
  }

  Footprint minus(Footprint before) {
    return new Footprint(heapBytes - before.heapBytes, rssBytes - before.rssBytes);
  }

  /** The same for each of many. */
  Footprint per(double count) {
    return new Footprint(heapBytes / count, rssBytes / count);
  }
}
