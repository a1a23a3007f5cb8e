package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.FengdaClient.Reply;
import io.fengda.embedded.EmbeddedServices;
import io.fengda.embedded.ServicesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A cluster as on Kubernetes: each node has one role, and most are not of conversations. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestMethodOrder(OrderAnnotation.class)
class SeparateRolesTest {
  private static final List<String> ROLES =
      List.of("conversation", "gateway", "worker", "answerer");

  /** There is room for one more. */
  private static final List<Integer> PORTS = FreePorts.of(6 + 3 * ROLES.size());

  private static final List<ActorSystem<Void>> nodes = new ArrayList<>();
  private static EmbeddedServices services;

  @BeforeAll
  static void start() throws IOException {
    Path data = Files.createDirectories(Path.of("target/separate-roles-test"));
    services =
        EmbeddedServices.start(
            new ServicesSpec(data, PORTS.get(0), PORTS.get(1)), System.out::println);
    for (int i = 0; i < ROLES.size(); i++) {
      nodes.add(Main.start(settings(ROLES.get(i), i), Progress.on(System.out)));
    }
  }

  /** Conversations last: without them the others wait for a while. */
  @AfterAll
  static void stop() {
    for (ActorSystem<Void> node : nodes) {
      node.terminate();
      node.getWhenTerminated().toCompletableFuture().join();
    }
    services.stop();
  }

  private static Config settings(String role, int number) {
    return ConfigFactory.load(
        ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry("fengda.roles", role),
                    Map.entry("fengda.warm-up.time", "1s"),
                    Map.entry("fengda.database.url", databaseUrl()),
                    Map.entry("fengda.queue.bootstrap-servers", "127.0.0.1:" + PORTS.get(1)),
                    Map.entry("fengda.answerer.port", PORTS.get(2)),
                    Map.entry("fengda.http.port", PORTS.get(3 + 3 * number)),
                    Map.entry("fengda.cluster.management-port", PORTS.get(4 + 3 * number)),
                    Map.entry("fengda.cluster.port", PORTS.get(5 + 3 * number)),
                    Map.entry("fengda.cluster.seed-nodes", seeds())))
            .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
  }

  /** Of the first two: the gateway goes on when the conversations' node has gone. */
  private static String seeds() {
    return "127.0.0.1:%d,127.0.0.1:%d".formatted(PORTS.get(5), PORTS.get(8));
  }

  private static String databaseUrl() {
    return "postgres://fengda:fengda@127.0.0.1:%d/fengda".formatted(PORTS.get(0));
  }

  @Test
  @Order(1)
  void aTurnGoesFromNodeToNode() {
    FengdaClient gateway = FengdaClient.of(PORTS.get(3 + 3 * ROLES.indexOf("gateway")));

    Reply turn = gateway.customer("harbor").say("银行卡丢了怎么办");

    assertEquals(200, turn.status(), turn.raw().body());
    assertEquals("answer", turn.json().get("outcome").asText(), turn.raw().body());
  }

  /** Most of the members know nothing of redrivers. */
  @Test
  @Order(2)
  void redriversBeginOnANodeOfConversationsThatFindsOnlyOthers() {
    TestDatabase database = TestDatabase.at(databaseUrl());
    ActorSystem<Void> only = nodes.removeFirst();
    only.terminate();
    only.getWhenTerminated().toCompletableFuture().join();
    for (int slice = 0; slice < 1_024; slice += 256) {
      var unused =
          database.query(
              "INSERT INTO redriver_position VALUES (%d, %d, now() - interval '1 hour')"
                      .formatted(slice, slice + 255)
                  + " ON CONFLICT (slice_min, slice_max) DO UPDATE SET mark = EXCLUDED.mark");
    }

    nodes.add(Main.start(settings("conversation", ROLES.size()), Progress.on(System.out)));

    Awaitility.await("all redrivers to read on from their marks")
        .atMost(40, TimeUnit.SECONDS)
        .until(
            () ->
                database.count(
                        "SELECT count(*) FROM redriver_position WHERE mark > now() - interval '1"
                            + " minute'")
                    == 4);
  }
}
