package io.fengda.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a campaign found.
 *
 * @param broken promises of correctness that were not kept
 * @param late promises of time that were not kept
 */
record Report(long seed, List<Row> rows, List<String> broken, List<String> late) {
  private static final String HEAD =
      """
      | # | fault | what | in flight | turns | fallbacks | lost | doubled | longest gap, hit s | others s \
      | new ones s | all s |
      |---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  /**
   * One fault.
   *
   * @param inFlight turns that were open when it began
   * @param turns that were open during it or until everybody had recovered
   * @param hitGap seconds that the slowest of those waited whose conversation was hit
   * @param othersGap the same of all others that had begun before
   * @param flow seconds until every conversation that began at the end of the fault had an answer
   * @param all seconds until every conversation had an answer to a new message
   */
  record Row(
      Fault fault,
      String note,
      int inFlight,
      int turns,
      long fallbacks,
      double hitGap,
      double othersGap,
      double flow,
      double all,
      long lost,
      long doubled) {
    Row with(long lostNow, long doubledNow) {
      return new Row(
          fault,
          note,
          inFlight,
          turns,
          fallbacks,
          hitGap,
          othersGap,
          flow,
          all,
          lostNow,
          doubledNow);
    }

    String line(int number) {
      return String.format(
          Locale.ROOT,
          "| %d | %s | %s | %d | %d | %d | %d | %d | %.1f | %.1f | %.1f | %.1f |",
          number,
          fault.title(),
          note,
          inFlight,
          turns,
          fallbacks,
          lost,
          doubled,
          hitGap,
          othersGap,
          flow,
          all);
    }
  }

  String markdown() {
    StringBuilder text = new StringBuilder("Seed %d%n%n%s".formatted(seed, HEAD));
    for (int i = 0; i < rows.size(); i++) {
      text.append(rows.get(i).line(i + 1)).append('\n');
    }
    return text + section("Broken", broken) + section("Late", late);
  }

  private static String section(String title, List<String> lines) {
    return lines.isEmpty()
        ? ""
        : "\n%s:\n%s\n"
            .formatted(title, lines.stream().map(l -> "- " + l).collect(Collectors.joining("\n")));
  }

  void write(Path file) {
    try {
      Files.writeString(file, markdown());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
