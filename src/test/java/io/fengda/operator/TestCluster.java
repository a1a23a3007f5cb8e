package io.fengda.operator;

import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.management.javadsl.AkkaManagement;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.FengdaClient;
import io.fengda.FreePorts;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.MetricsExtension;
import io.fengda.telemetry.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Nodes of a real cluster with their management ports and some shards, and nothing else of the
 * engine: what they count is counted by the test.
 */
public final class TestCluster implements AutoCloseable {
  private static final EntityTypeKey<String> CONVERSATIONS =
      EntityTypeKey.create(String.class, "Conversation");
  private static final int ENTITIES = 40;

  private final List<Node> nodes = new ArrayList<>();

  /** One of them. */
  public record Node(ActorSystem<Void> system, int managementPort) {
    /** As the cluster calls it. */
    public String name() {
      var address = Cluster.get(system).selfMember().address();
      return address.getHost().orElseThrow() + ":" + address.getPort().orElseThrow();
    }

    public Metrics metrics() {
      return MetricsExtension.metrics(system);
    }

    public FengdaClient client() {
      return FengdaClient.of(managementPort);
    }

    public String url(String path) {
      return client().url(path);
    }

    public boolean isGone() {
      return system.getWhenTerminated().toCompletableFuture().isDone();
    }
  }

  private TestCluster() {}

  /**
   * Starts nodes that all work; the first is the oldest.
   *
   * @param drain whether they may be drained
   * @param roles of each node
   */
  public static TestCluster start(boolean drain, String... roles) {
    TestCluster cluster = new TestCluster();
    List<Integer> ports = FreePorts.of(roles.length);
    for (int i = 0; i < roles.length; i++) {
      cluster.add(drain, roles[i], ports.get(i));
    }
    cluster.useConversations();
    return cluster;
  }

  public Node node(int number) {
    return nodes.get(number);
  }

  private void add(boolean drain, String roles, int managementPort) {
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), "operated", config(drain, roles, managementPort));
    nodes.add(new Node(system, managementPort));
    Cluster cluster = Cluster.get(system);
    cluster
        .manager()
        .tell(Join.create(Cluster.get(nodes.getFirst().system()).selfMember().address()));
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
    if (roles.contains("conversation")) {
      var unused =
          ClusterSharding.get(system)
              .init(Entity.of(CONVERSATIONS, context -> entity()).withRole("conversation"));
    }
    AkkaManagement.get(system).start().toCompletableFuture().join();
    Readiness.of(system).started();
  }

  private void useConversations() {
    ClusterSharding sharding = ClusterSharding.get(nodes.getFirst().system());
    var region =
        sharding.init(Entity.of(CONVERSATIONS, context -> entity()).withRole("conversation"));
    IntStream.range(0, ENTITIES)
        .mapToObj(i -> new ShardingEnvelope<>("customer-" + i, "hello"))
        .forEach(region::tell);
  }

  private static Behavior<String> entity() {
    return Behaviors.receiveMessage(message -> Behaviors.same());
  }

  private static Config config(boolean drain, String roles, int managementPort) {
    return ConfigFactory.parseString(
            """
            fengda.operator.drain = %s
            fengda.cluster.management-port = %d
            akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            akka.remote.artery.bind { hostname = "127.0.0.1", port = 0 }
            akka.cluster.roles = [%s]
            """
                .formatted(drain ? "on" : "off", managementPort, roles))
        .withFallback(ConfigFactory.parseResources("cluster.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  @Override
  public void close() {
    nodes.reversed().forEach(node -> ActorTestKit.shutdown(node.system()));
  }
}
