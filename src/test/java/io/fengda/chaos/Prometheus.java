package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fengda.FengdaClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/**
 * A Prometheus of this machine's that scrapes nodes and knows our alerts. So that a cause shows
 * within seconds it scrapes each second, looks back 15 s where the rules say minutes, and waits 2 s
 * where they wait minutes; all else is as it ships.
 */
final class Prometheus implements AutoCloseable {
  private static final Path RULES = Path.of("k8s/monitoring/alerts.yaml");
  private static final Duration START_MAX = Duration.ofSeconds(30);
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Process process;
  private final FengdaClient client;

  private Prometheus(Process process, FengdaClient client) {
    this.process = process;
    this.client = client;
  }

  static boolean isHere() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prometheus")));
  }

  /**
   * Starts it and returns when it scrapes.
   *
   * @param targets ports of {@code /metrics} by pod; a pod is named after its role
   */
  static Prometheus start(Path folder, int port, Map<String, Integer> targets) throws IOException {
    YAML.writeValue(folder.resolve("rules.yaml").toFile(), rules());
    YAML.writeValue(folder.resolve("prometheus.yaml").toFile(), settings(targets));
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + folder.resolve("prometheus.yaml"),
                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    Prometheus started = new Prometheus(process, FengdaClient.of(port));
    Awaitility.await("Prometheus: see " + folder.resolve("prometheus.log"))
        .atMost(START_MAX)
        .ignoreExceptions()
        .until(() -> started.query("sum(up)").at("/0/value/1").asInt() == targets.size());
    return started;
  }

  private static ObjectNode rules() throws IOException {
    JsonNode groups = YAML.readTree(RULES.toFile()).at("/spec/groups");
    for (JsonNode rule : groups.findParents("alert")) {
      String expression = rule.get("expr").asText().replaceAll("\\[\\d+m]", "[15s]");
      ((ObjectNode) rule).put("expr", expression).put("for", "2s");
    }
    return YAML.createObjectNode().set("groups", groups);
  }

  private static ObjectNode settings(Map<String, Integer> targets) {
    ObjectNode settings = YAML.createObjectNode();
    settings
        .putObject("global")
        .put("scrape_interval", "1s")
        .put("scrape_timeout", "1s")
        .put("evaluation_interval", "1s");
    settings.putArray("rule_files").add("rules.yaml");
    ArrayNode nodes =
        settings
            .putArray("scrape_configs")
            .addObject()
            .put("job_name", "fengda")
            .putArray("static_configs");
    targets.forEach(
        (pod, port) -> {
          ObjectNode node = nodes.addObject();
          node.putArray("targets").add("127.0.0.1:" + port);
          node.putObject("labels")
              .put("namespace", "fengda")
              .put("pod", pod)
              .put("component", roleOf(pod));
        });
    return settings;
  }

  static String roleOf(String pod) {
    return pod.replaceAll("-.*", "");
  }

  /** All alerts that it knows. */
  Set<String> known() {
    return new TreeSet<>(
        get("/api/v1/rules").findValuesAsText("name").stream()
            .filter(name -> !name.equals("fengda"))
            .toList());
  }

  /** The alerts that fire now. */
  Set<String> firing() {
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : get("/api/v1/alerts").at("/data/alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        firing.add(alert.at("/labels/alertname").asText());
      }
    }
    return firing;
  }

  /** What a query says now: a list of series with a value each. */
  JsonNode query(String expression) {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .at("/data/result");
  }

  private JsonNode get(String path) {
    JsonNode answer = client.send(client.request(path).build()).json();
    if (!answer.path("status").asText().equals("success")) {
      throw new IllegalStateException(path + ": " + answer);
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }

  /** The queries of the dashboard's panels, for the namespace of the nodes. */
  static List<String> panels() throws IOException {
    JsonNode dashboard = YAML.readTree(RULES.resolveSibling("dashboard.json").toFile());
    return dashboard.findValues("targets").stream()
        .flatMap(targets -> targets.findValuesAsText("expr").stream())
        .map(query -> query.replace("$namespace", "fengda").replace("$__rate_interval", "5m"))
        .toList();
  }
}
