package io.fengda.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each alert is provoked in a real installation and seen by a real Prometheus, and is over when its
 * cause is. What fired and when is in {@code target/chaos/alerts.md}.
 */
@Tag("chaos")
@TestMethodOrder(OrderAnnotation.class)
class AlertsTest {
  private static final Path FOLDER = Path.of("target", "chaos", "alerts");
  private static final Duration CALM = Duration.ofSeconds(20);

  /** Nodes that are new to their work may be busy at first. */
  private static final Duration CALM_WITHIN = Duration.ofMinutes(2);

  private static final Duration FIRES_MAX = Duration.ofMinutes(2);
  private static final Duration ENDS_MAX = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final List<String> ROWS = new ArrayList<>();

  private static AlertLab lab;

  @BeforeAll
  static void start() throws IOException {
    Assumptions.assumeTrue(Prometheus.isHere(), "there is no prometheus: apt-get install it");
    lab = AlertLab.start(FOLDER);
  }

  @AfterAll
  static void stop() throws IOException {
    if (lab != null) {
      lab.close();
      List<String> report =
          new ArrayList<>(
              List.of(
                  "| trouble | alerts | all fire after | none fires after its end | others that"
                      + " fired |",
                  "|---|---|---|---|---|"));
      report.addAll(ROWS);
      report.forEach(System.out::println);
      Files.write(FOLDER.resolveSibling("alerts.md"), report);
    }
  }

  @Test
  @Order(1)
  void anInstallationWithoutTroubleIsSilent() {
    awaitSilence();
    Awaitility.await()
        .during(CALM)
        .atMost(CALM_WITHIN)
        .pollInterval(POLL)
        .untilAsserted(() -> assertEquals(Set.of(), lab.prometheus().firing()));
  }

  @Test
  @Order(2)
  void everyAlertHasItsTrouble() {
    assertEquals(
        lab.prometheus().known(),
        Arrays.stream(Trouble.values())
            .flatMap(trouble -> trouble.alerts().stream())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @EnumSource
  @Order(3)
  void anAlertFiresWhileThereIsTroubleAndNoLonger(Trouble trouble) {
    awaitSilence();
    Set<String> fired = new TreeSet<>();

    long beginNanos = System.nanoTime();
    Runnable end = trouble.begin(lab);
    try {
      Awaitility.await()
          .atMost(FIRES_MAX)
          .pollInterval(POLL)
          .untilAsserted(
              () -> {
                Set<String> now = lab.prometheus().firing();
                fired.addAll(now);
                assertTrue(now.containsAll(trouble.alerts()), () -> trouble + ": only " + now);
              });
    } finally {
      long endNanos = System.nanoTime();
      end.run();
      awaitSilence();
      fired.removeAll(trouble.alerts());
      String row =
          "| %s | %s | %.0f s | %.0f s | %s |"
              .formatted(
                  trouble.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  String.join(", ", new TreeSet<>(trouble.alerts())),
                  seconds(endNanos - beginNanos),
                  seconds(System.nanoTime() - endNanos),
                  String.join(", ", fired));
      System.out.println(row);
      ROWS.add(row);
    }
  }

  @Test
  @Order(4)
  void everyPanelShowsSomething() throws IOException {
    List<String> empty =
        Prometheus.panels().stream()
            .filter(
                query ->
                    lab.prometheus()
                        .query("count_over_time((%s)[15m:5s])".formatted(query))
                        .isEmpty())
            .toList();

    assertEquals(List.of(), empty);
  }

  private static void awaitSilence() {
    Awaitility.await()
        .atMost(ENDS_MAX)
        .pollInterval(POLL)
        .untilAsserted(() -> assertEquals(Set.of(), lab.prometheus().firing()));
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
