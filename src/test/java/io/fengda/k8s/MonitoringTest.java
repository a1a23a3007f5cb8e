package io.fengda.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.RelabelConfig;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.queue.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dashboard, alerts and the scaling of workers ask for nothing but what nodes say. */
class MonitoringTest {
  private static final Path FOLDER = Manifests.FOLDER.resolve("monitoring");

  /** What Prometheus itself says of a node. */
  private static final String UP = "up";

  /** What the operator's Prometheus adds to every sample of a pod. */
  private static final Set<String> TARGET_LABELS = Set.of("namespace", "pod", "component");

  private static Map<String, Set<String>> exposed = Map.of();

  /** Where a query is, and the query. */
  record Asked(String where, String query) {
    @Override
    public String toString() {
      return where;
    }
  }

  @BeforeAll
  static void scrape() {
    exposed = ExposedMetrics.read();
  }

  static List<Asked> queries() throws IOException {
    List<Asked> queries = new ArrayList<>();
    for (JsonNode panel : dashboard().get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        queries.add(new Asked("panel " + panel.get("title").asText(), target.get("expr").asText()));
      }
    }
    for (Rule rule : alerts()) {
      queries.add(new Asked(rule.getAlert(), rule.getExpr().getStrVal()));
    }
    for (ScaledObject.Trigger trigger : workers().spec().triggers()) {
      String query = trigger.query();
      if (query != null) {
        queries.add(new Asked("workers, " + trigger.name(), query));
      }
    }
    return queries;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void aQueryNamesMetricsAndLabelsThatNodesHave(Asked asked) {
    PromQuery query = PromQuery.parse(asked.query());
    Set<String> known = new HashSet<>(TARGET_LABELS);
    for (PromQuery.Series series : query.series()) {
      assertTrue(isExposed(series.metric()), series.metric());
      known.addAll(exposed.getOrDefault(series.metric(), Set.of()));
      for (PromQuery.LabelMatcher matcher : series.matchers()) {
        assertTrue(
            TARGET_LABELS.contains(matcher.label())
                || exposed.getOrDefault(series.metric(), Set.of()).contains(matcher.label()),
            series + " has no label " + matcher.label());
        assertTrue(isPossible(matcher), matcher::toString);
      }
    }
    assertTrue(known.containsAll(query.grouped()), () -> query.grouped() + " of " + known);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum(rate(fengda_turns[5m]))",
        "max(fengda_queries_behind) by (queue)",
        "fengda_turns_total{tennant=\"a\"}",
        "fengda_turns_total{kind=\"VENDOR_LATE\"}",
        "up{component=\"gatewy\"}",
      })
  void aNameThatNodesDoNotHaveIsFound(String wrong) {
    assertThrows(
        AssertionError.class,
        () -> aQueryNamesMetricsAndLabelsThatNodesHave(new Asked("wrong", wrong)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum(rate(up[5m])", "up{a=b}", "up # down", "1 + 1"})
  void whatIsNoPromqlIsFound(String wrong) {
    assertThrows(IllegalArgumentException.class, () -> PromQuery.parse(wrong));
  }

  @Test
  void everyMetricOfOursIsOnTheDashboard() throws IOException {
    Set<String> shown =
        StreamSupport.stream(dashboard().get("panels").spliterator(), false)
            .flatMap(panel -> StreamSupport.stream(panel.get("targets").spliterator(), false))
            .flatMap(target -> PromQuery.parse(target.get("expr").asText()).series().stream())
            .map(series -> family(series.metric()))
            .collect(Collectors.toSet());
    Set<String> ours =
        exposed.keySet().stream()
            .filter(name -> name.startsWith("fengda_"))
            .map(MonitoringTest::family)
            .collect(Collectors.toCollection(TreeSet::new));

    ours.removeAll(shown);

    assertEquals(Set.of(), ours);
  }

  @Test
  void theDashboardsPanelsHaveEachTheirPlaceAndQuery() throws IOException {
    JsonNode dashboard = dashboard();
    Set<Integer> ids = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertTrue(ids.add(panel.get("id").asInt()));
      JsonNode place = panel.get("gridPos");
      assertTrue(places.add(place.get("x") + "," + place.get("y")), place::toString);
      assertTrue(place.get("x").asInt() + place.get("w").asInt() <= 24);
      assertFalse(panel.get("targets").isEmpty());
      for (JsonNode target : panel.get("targets")) {
        assertTrue(target.get("expr").asText().contains("namespace=\"$namespace\""));
        Matcher label =
            Pattern.compile("\\{\\{(\\w+)}}").matcher(target.get("legendFormat").asText());
        PromQuery query = PromQuery.parse(target.get("expr").asText());
        while (label.find()) {
          assertTrue(
              query.grouped().contains(label.group(1))
                  || (query.grouped().isEmpty() && label.group(1).equals("pod")),
              target::toString);
        }
      }
    }
    assertEquals(
        List.of("datasource", "namespace"),
        StreamSupport.stream(dashboard.at("/templating/list").spliterator(), false)
            .map(variable -> variable.get("name").asText())
            .toList());
  }

  @Test
  void everyAlertIsInTheRunbookAndTheRunbookHasNoOther() throws IOException {
    Set<String> headings =
        Files.readAllLines(Manifests.FOLDER.resolve("README.md")).stream()
            .filter(line -> line.matches("### Fengda[A-Z]\\w*"))
            .map(line -> line.substring("### ".length()))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> alerts = new TreeSet<>();
    for (Rule rule : alerts()) {
      assertTrue(alerts.add(rule.getAlert()), rule.getAlert());
      assertEquals(
          "k8s/README.md#" + rule.getAlert().toLowerCase(Locale.ROOT),
          rule.getAnnotations().get("runbook"));
      assertTrue(Set.of("page", "ticket").contains(rule.getLabels().getOrDefault("severity", "")));
      assertNotNull(rule.getAnnotations().get("summary"));
      assertNotNull(rule.getAnnotations().get("description"));
      assertNotNull(rule.getFor());
    }

    assertEquals(alerts, headings);
  }

  @Test
  void textsOfAlertsUseLabelsThatTheirQueriesKeep() throws IOException {
    Pattern label = Pattern.compile("\\$labels\\.(\\w+)");
    for (Rule rule : alerts()) {
      PromQuery query = PromQuery.parse(rule.getExpr().getStrVal());
      Matcher used = label.matcher(rule.getAnnotations().toString());
      while (used.find()) {
        assertTrue(
            query.grouped().contains(used.group(1))
                || (query.grouped().isEmpty() && TARGET_LABELS.contains(used.group(1))),
            () -> rule.getAlert() + " has no label " + used.group(1));
      }
    }
  }

  @Test
  void theMonitorReadsWhereMetricsAreAndAddsTheRole() throws IOException {
    PodMonitor monitor = Manifests.read(FOLDER.resolve("pod-monitor.yaml")).one(PodMonitor.class);
    var endpoint = monitor.getSpec().getPodMetricsEndpoints().getFirst();

    assertEquals("management", endpoint.getPort());
    assertEquals("/metrics", endpoint.getPath());
    RelabelConfig role = endpoint.getRelabelings().getFirst();
    assertEquals("component", role.getTargetLabel());
    assertEquals(
        List.of("__meta_kubernetes_pod_label_" + Installation.ROLE_LABEL.replaceAll("[./]", "_")),
        role.getSourceLabels());
  }

  private static boolean isExposed(String metric) {
    return metric.equals(UP) || exposed.containsKey(metric);
  }

  /** Whether the matcher takes at least one of the values that there are, where these are known. */
  private static boolean isPossible(PromQuery.LabelMatcher matcher) {
    Set<String> values =
        switch (matcher.label()) {
          case "topic" -> Set.of(Topics.QUERIES, Topics.RESULTS, Topics.CANCELS, Topics.DEAD);
          case "kind" ->
              Arrays.stream(ReplyKind.values()).map(Enum::name).collect(Collectors.toSet());
          case "component" -> Set.of("gateway", "conversation", "worker", "answerer");
          case "reason" -> reasons();
          default -> Set.of();
        };
    if (values.isEmpty()) {
      return true;
    }
    Stream<String> alternatives =
        matcher.operator().contains("~")
            ? Arrays.stream(matcher.value().split("\\|", -1))
            : Stream.of(matcher.value());
    return alternatives.allMatch(
        value -> values.stream().anyMatch(one -> Pattern.matches(value, one)));
  }

  /** What the sources give as reasons: the constants of the refusals, and words in quotes. */
  private static Set<String> reasons() {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java/io/fengda"))) {
      Set<String> reasons = new HashSet<>();
      Pattern word = Pattern.compile("\"([a-z-]+)\"|\\b([A-Z]+(?:_[A-Z]+)*)\\b");
      for (Path source :
          sources
              .filter(
                  file ->
                      Set.of(
                              "Refusal.java",
                              "Problem.java",
                              "Worker.java",
                              "DeadLetters.java",
                              "ResultConsumer.java",
                              "LiveTurn.java")
                          .contains(String.valueOf(file.getFileName())))
              .toList()) {
        Matcher matcher = word.matcher(Files.readString(source));
        while (matcher.find()) {
          reasons.add(
              Objects.requireNonNullElse(matcher.group(1), String.valueOf(matcher.group(2))));
        }
      }
      return reasons;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A metric without what a timer or a summary adds to its name. */
  private static String family(String metric) {
    return metric.replaceAll("_(sum|count|max|bucket)$", "");
  }

  private static JsonNode dashboard() throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("dashboard.json").toFile());
  }

  private static List<Rule> alerts() throws IOException {
    return Manifests.read(FOLDER.resolve("alerts.yaml"))
        .one(PrometheusRule.class)
        .getSpec()
        .getGroups()
        .stream()
        .flatMap(group -> group.getRules().stream())
        .toList();
  }

  private static ScaledObject workers() throws IOException {
    return Manifests.read(Manifests.FOLDER.resolve("worker-scaling/scaled-object.yaml"))
        .one(ScaledObject.class);
  }
}
