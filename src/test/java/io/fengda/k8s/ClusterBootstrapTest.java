package io.fengda.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fengda.ClusterMember;
import io.fengda.FreePorts;
import io.fengda.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes in processes of their own find each other by nothing but the API server's pods. Each has an
 * address of its own on the loopback network, and the same ports, as pods have.
 */
class ClusterBootstrapTest {
  private static final String CONVERSATION = "conversation";
  private static final String WORKER = "worker";

  @TempDir Path directory;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Integer> ports = FreePorts.of(2);
  private final List<Process> nodes = new ArrayList<>();
  private KubernetesApi api;

  @BeforeEach
  void startApi() throws Exception {
    api = KubernetesApi.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
    nodes.forEach(Process::destroy);
    for (Process node : nodes) {
      if (!node.waitFor(20, TimeUnit.SECONDS)) {
        node.destroyForcibly();
      }
    }
    api.close();
  }

  @Test
  void twoNodesFindEachOtherAndAThirdThatMayNotBeginAClusterJoins() throws Exception {
    // The lowest address is a worker's: it would begin the cluster if it were asked.
    Map<String, String> roles =
        Map.of("127.0.0.1", WORKER, "127.0.0.2", CONVERSATION, "127.0.0.3", CONVERSATION);
    for (Map.Entry<String, String> node : roles.entrySet()) {
      api.run(pod(node.getKey(), node.getValue()));
      start(node.getKey(), node.getValue());
    }

    Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .pollInterval(Duration.ofMillis(300))
        .ignoreExceptions()
        .until(() -> roles.keySet().stream().allMatch(host -> up(host).equals(roles.keySet())));

    Set<String> began = new TreeSet<>();
    for (String host : roles.keySet()) {
      began.add(URI.create(members(host).get("oldest").asText()).getHost());
    }
    assertEquals(1, began.size(), began::toString);
    assertEquals(CONVERSATION, roles.get(began.iterator().next()));
    assertEquals(
        Set.of("app.kubernetes.io/name=fengda,app.kubernetes.io/component=conversation"),
        api.selectors());
  }

  @Test
  void aNodeThatMayNotListPodsEndsAndSaysWhatToCheck() throws Exception {
    api.forbid();

    Process node = start("127.0.0.1", CONVERSATION, "-Dfengda.start-timeout=4s");

    assertTrue(node.waitFor(60, TimeUnit.SECONDS));
    assertEquals(1, node.exitValue());
    String said = Files.readString(log("127.0.0.1"));
    assertTrue(said.contains("service account may list pods"), said);
  }

  private Process start(String host, String role, String... options) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    all.addAll(api.options());
    all.addAll(List.of(options));
    ProcessBuilder builder = Jvm.of(ClusterMember.class, all);
    builder.environment().putAll(api.environment());
    builder
        .environment()
        .putAll(
            Map.of(
                "FENGDA_CLUSTER_BOOTSTRAP",
                "kubernetes",
                "FENGDA_ROLES",
                role,
                "FENGDA_BIND_HOST",
                host,
                "FENGDA_MANAGEMENT_PORT",
                ports.get(0).toString(),
                "FENGDA_CLUSTER_PORT",
                ports.get(1).toString(),
                "FENGDA_DATABASE_URL",
                "postgres://nobody:nothing@127.0.0.1/none"));
    Process node = builder.redirectErrorStream(true).redirectOutput(log(host).toFile()).start();
    nodes.add(node);
    return node;
  }

  private Path log(String host) {
    return directory.resolve(host + ".log");
  }

  /** As the API server describes a pod of the manifests. */
  private Pod pod(String host, String role) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("fengda-" + role + "-" + host.replace('.', '-'))
        .addToLabels("app.kubernetes.io/name", "fengda")
        .addToLabels("app.kubernetes.io/component", role)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("fengda")
        .addNewPort()
        .withName("cluster")
        .withContainerPort(ports.get(1))
        .endPort()
        .addNewPort()
        .withName("management")
        .withContainerPort(ports.get(0))
        .endPort()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .withPodIP(host)
        .endStatus()
        .build();
  }

  /** The hosts of the members that are up, as the node sees them. */
  private Set<String> up(String host) {
    Set<String> up = new TreeSet<>(Comparator.naturalOrder());
    StreamSupport.stream(members(host).get("members").spliterator(), false)
        .filter(member -> member.get("status").asText().equals("Up"))
        .forEach(member -> up.add(URI.create(member.get("node").asText()).getHost()));
    return up;
  }

  private JsonNode members(String host) {
    URI uri = URI.create("http://%s:%d/cluster/members".formatted(host, ports.get(0)));
    String body =
        client
            .sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
            .join()
            .body();
    try {
      return json.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
