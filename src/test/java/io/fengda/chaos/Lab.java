package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.typesafe.config.ConfigFactory;
import io.fengda.FengdaClient;
import io.fengda.FreePorts;
import io.fengda.page.TestBrowser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/**
 * Three engines and two workers, PostgreSQL and Kafka as processes, and a vendor in this one.
 * Between engines, and between an engine and PostgreSQL, is a proxy. Nothing of it outlives this
 * JVM.
 */
final class Lab implements AutoCloseable {
  /** The only tenant: its deadline is 30 s, so that a late answer is still a real one. */
  static final String TENANT = "lab";

  /** Consumer groups of the workers and of the conversations. */
  static final List<String> GROUPS = List.of("fengda-workers", "fengda-conversations");

  /** The largest pool of connections to PostgreSQL that a node may have. */
  static final int POOL_MAX = 10;

  private static final int NODES = 3;
  private static final int WORKERS = 2;
  private static final int SHARDS =
      ConfigFactory.parseResources("sharding.conf")
          .resolve()
          .getInt("akka.cluster.sharding.number-of-shards");
  private static final int PORTS_OF_NODE = 5;
  private static final Duration WHOLE_MAX = Duration.ofSeconds(90);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(60);
  private static final Duration BALANCED_MAX = Duration.ofMinutes(2);

  /** Of 60, on each of three nodes. */
  private static final int SHARDS_MIN = 17;

  private final Services services;
  private final LabVendor vendor;
  private final List<EngineNode> nodes;
  private final List<EngineNode> workers;
  private final Path folder;

  private Lab(Services services, LabVendor vendor, List<EngineNode> all, Path folder) {
    this.services = services;
    this.folder = folder;
    this.vendor = vendor;
    this.nodes = all.subList(0, NODES);
    this.workers = all.subList(NODES, NODES + WORKERS);
  }

  /** Starts everything but the workers, and waits until every node is ready. */
  static Lab start(Path folder, Random random) {
    List<Integer> ports = FreePorts.of(3 + PORTS_OF_NODE * (NODES + WORKERS));
    Services services = Services.start(made(folder), ports.get(0), ports.get(1));
    LabVendor vendor = LabVendor.start(ports.get(2), random);
    List<NodeConfig.Ports> places =
        IntStream.range(0, NODES + WORKERS)
            .map(i -> 3 + PORTS_OF_NODE * i)
            .mapToObj(at -> place(ports.subList(at, at + PORTS_OF_NODE)))
            .toList();
    NodeConfig.Shared shared =
        new NodeConfig.Shared(
            ports.get(1),
            ports.get(2),
            places.stream().limit(NODES).map(NodeConfig.Ports::clusterProxy).toList());
    List<EngineNode> all = new ArrayList<>();
    for (int i = 0; i < NODES + WORKERS; i++) {
      String roles = i < NODES ? "gateway,conversation,worker" : "worker";
      NodeConfig config = new NodeConfig(i + 1, roles, places.get(i), shared, "");
      all.add(EngineNode.create(config, folder, ports.get(0)));
    }
    Lab lab = new Lab(services, vendor, all, folder);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> all.forEach(EngineNode::close)));
    lab.nodes.forEach(EngineNode::start);
    lab.awaitWhole();
    return lab;
  }

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NodeConfig.Ports place(List<Integer> ports) {
    return new NodeConfig.Ports(
        ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(4));
  }

  Services services() {
    return services;
  }

  LabVendor vendor() {
    return vendor;
  }

  /** The three that have all roles. */
  List<EngineNode> nodes() {
    return nodes;
  }

  /** Nodes that only work; they do not run unless somebody starts them. */
  List<EngineNode> workers() {
    return workers;
  }

  /** The public ports of all nodes. */
  List<Integer> gateways() {
    return nodes.stream().map(node -> node.ports().http()).toList();
  }

  /** The shards of conversations that a node has at this moment. */
  Set<Integer> shardsOf(EngineNode node) {
    JsonNode regions = management(node, "/cluster/shards/Conversation").path("regions");
    return StreamSupport.stream(regions.spliterator(), false)
        .map(region -> Integer.parseInt(region.get("shardId").asText()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the node is the oldest: it is the one that says which shard is where. */
  boolean isOldest(EngineNode node) {
    String oldest = management(node, "/cluster/members").path("oldest").asText();
    return oldest.endsWith(":" + node.ports().clusterProxy());
  }

  /**
   * Drains a node by a click on the operator's page of another, in a real browser, and waits until
   * it has gone. Whether its process ended by itself, and the page said so.
   */
  boolean drain(EngineNode page, EngineNode node) {
    String row =
        "#members tr[data-node='127.0.0.1:%d'] button".formatted(node.ports().clusterProxy());
    try (Page tab = TestBrowser.get().newPage()) {
      tab.setDefaultTimeout((double) DRAIN_MAX.toMillis());
      tab.navigate("http://127.0.0.1:%d/operator".formatted(page.ports().management()));
      tab.locator(row + ":not([aria-disabled=true])").click();
      tab.locator("dialog .bad").click();
      tab.locator("#drains > li[data-step='4']").first().waitFor();
      boolean ended = node.awaitEnd(DRAIN_MAX);
      tab.screenshot(
          new Page.ScreenshotOptions()
              .setPath(folder.resolve("drained-%s.png".formatted(node.name()))));
      return ended;
    }
  }

  /** How many nodes are up, as the first one sees it. */
  int members() {
    JsonNode members = management(nodes.getFirst(), "/cluster/members").path("members");
    return (int)
        StreamSupport.stream(members.spliterator(), false)
            .filter(member -> member.path("status").asText().equals("Up"))
            .count();
  }

  /** How many connections to PostgreSQL each node has. */
  List<Integer> databaseConnections() {
    return nodes.stream().map(node -> node.databaseProxy().connections()).toList();
  }

  private static JsonNode management(EngineNode node, String path) {
    FengdaClient client = FengdaClient.of(node.ports().management());
    return client.send(client.request(path).build()).json();
  }

  /** The shard of a customer's conversation {@code main}. */
  static int shardOf(String customer) {
    return Math.abs((TENANT + ":" + customer + ":main").hashCode() % SHARDS);
  }

  /** Until every node is ready and has its place in both consumer groups. */
  void awaitWhole() {
    nodes.forEach(EngineNode::awaitReady);
    Awaitility.await("consumer groups")
        .atMost(WHOLE_MAX)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> GROUPS.stream().allMatch(group -> isComplete(group, NODES)));
    Awaitility.await("every node's share of the conversations")
        .atMost(BALANCED_MAX)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(() -> nodes.stream().allMatch(node -> shardsOf(node).size() >= SHARDS_MIN));
  }

  /** Waits until so many extra workers have their share of the queries. */
  void awaitWorkers(int extra) {
    Awaitility.await("the extra workers' share of the queries")
        .atMost(WHOLE_MAX)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> isComplete(GROUPS.getFirst(), NODES + extra));
  }

  private boolean isComplete(String group, int size) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", services.bootstrapServers()))) {
      var groups = admin.describeConsumerGroups(List.of(group)).all().toCompletionStage();
      var members =
          Objects.requireNonNull(groups.toCompletableFuture().join().get(group)).members();
      return members.size() == size
          && members.stream().noneMatch(one -> one.assignment().topicPartitions().isEmpty());
    }
  }

  @Override
  public void close() {
    nodes.forEach(EngineNode::close);
    workers.forEach(EngineNode::close);
    vendor.close();
    services.close();
  }
}
