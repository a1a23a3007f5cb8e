package io.fengda.chaos;

import io.fengda.FengdaClient;
import io.fengda.FengdaClient.Customer;
import io.fengda.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An installation as on Kubernetes, with pods of one role each, customers who talk to it all the
 * time, and a Prometheus that watches it. Nothing of it outlives this JVM.
 */
final class AlertLab implements AutoCloseable {
  static final String GATEWAY = "gateway";
  static final String CONVERSATION = "conversation";
  static final String WORKER = "worker";
  static final String ANSWERER = "answerer";
  private static final List<String> PODS =
      List.of(CONVERSATION, CONVERSATION + "-2", GATEWAY, WORKER, ANSWERER);

  /** Until calls end that nobody answers. */
  static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final int PORTS_OF_NODE = 5;
  private static final int CUSTOMERS = 160;

  /** What turns without trouble come to: twenty a second. */
  private static final Duration PACE = Duration.ofMillis(50);

  private final Services services;
  private final LabVendor vendor;
  private final int otherVendorPort;
  private final Map<String, EngineNode> nodes;
  private final Prometheus prometheus;
  private final Repeated talk;

  private AlertLab(
      Services services,
      LabVendor vendor,
      int otherVendorPort,
      Map<String, EngineNode> nodes,
      Prometheus prometheus) {
    this.services = services;
    this.vendor = vendor;
    this.otherVendorPort = otherVendorPort;
    this.nodes = nodes;
    this.prometheus = prometheus;
    talk = talk(Lab.TENANT, CUSTOMERS, PACE);
  }

  static AlertLab start(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Integer> ports = FreePorts.of(6 + PORTS_OF_NODE * PODS.size());
    Services services = Services.start(folder, ports.get(0), ports.get(1));
    LabVendor vendor = LabVendor.start(ports.get(2), new Random(1));
    String more = settings(ports.get(3), ports.get(4));
    Map<String, NodeConfig.Ports> places = new LinkedHashMap<>();
    for (int i = 0; i < PODS.size(); i++) {
      List<Integer> own = ports.subList(6 + PORTS_OF_NODE * i, 6 + PORTS_OF_NODE * (i + 1));
      places.put(
          PODS.get(i),
          new NodeConfig.Ports(own.get(0), own.get(1), own.get(2), own.get(3), own.get(4)));
    }
    NodeConfig.Shared shared =
        new NodeConfig.Shared(
            ports.get(1),
            ports.get(2),
            places.values().stream().limit(2).map(NodeConfig.Ports::clusterProxy).toList());
    Map<String, EngineNode> nodes = new LinkedHashMap<>();
    places.forEach(
        (pod, place) ->
            nodes.put(
                pod,
                EngineNode.create(
                    new NodeConfig(nodes.size() + 1, Prometheus.roleOf(pod), place, shared, more),
                    folder,
                    ports.get(0))));
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> nodes.values().forEach(EngineNode::close)));
    try {
      nodes.values().forEach(EngineNode::start);
      nodes.values().forEach(EngineNode::awaitReady);
      Prometheus prometheus =
          Prometheus.start(
              folder,
              ports.get(5),
              places.entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, at -> at.getValue().management())));
      return new AlertLab(services, vendor, ports.get(4), nodes, prometheus);
    } catch (IOException | RuntimeException e) {
      nodes.values().forEach(EngineNode::close);
      vendor.close();
      services.close();
      throw e;
    }
  }

  /** Few turns may be open; one tenant has a small quota, and one a vendor that is not there. */
  private static String settings(int answererPort, int otherVendorPort) {
    return """
    fengda {
      conversation { open-turns-min = 40, open-turns-max = 40 }
      vendor.guard.open-for = 20s
      answerer.port = %d
      answerer.knowledge-directory = "none"
      tenants.small = ${fengda.tenants.lab} {
        secret-keys = ["small-demo-key"]
        token-secret = "small-token-secret-of-32-bytes-or-more-----"
        messages-per-second = 2
      }
      tenants.alone = ${fengda.tenants.lab} {
        secret-keys = ["alone-demo-key"]
        token-secret = "alone-token-secret-of-32-bytes-or-more-----"
        vendors = [{ name = "away", host = "127.0.0.1", port = %d, tls = false }]
      }
    }
    """
        .formatted(answererPort, otherVendorPort);
  }

  Services services() {
    return services;
  }

  LabVendor vendor() {
    return vendor;
  }

  /** The vendor of the tenant {@code alone}, which is not there otherwise. */
  LabVendor startOtherVendor() {
    return LabVendor.start(otherVendorPort, new Random(1));
  }

  EngineNode node(String pod) {
    EngineNode node = nodes.get(pod);
    if (node == null) {
      throw new IllegalArgumentException(pod);
    }
    return node;
  }

  List<EngineNode> conversations() {
    return List.of(node(CONVERSATION), node(CONVERSATION + "-2"));
  }

  Prometheus prometheus() {
    return prometheus;
  }

  /** Lets customers of a tenant send one message after the other, whatever becomes of it. */
  Repeated talk(String tenant, int customers, Duration pace) {
    FengdaClient client = FengdaClient.of(node(GATEWAY).ports().http());
    List<Customer> all =
        IntStream.range(0, customers)
            .mapToObj(number -> client.customer(tenant, tenant + "-" + number))
            .toList();
    return Repeated.every(
        pace,
        times -> {
          String id = UUID.randomUUID().toString();
          var unused = all.get(times % customers).sayAsync(id, "hm");
        });
  }

  @Override
  public void close() {
    talk.close();
    prometheus.close();
    nodes.values().forEach(EngineNode::close);
    vendor.close();
    services.close();
  }
}
