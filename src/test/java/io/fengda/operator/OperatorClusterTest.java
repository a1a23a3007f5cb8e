package io.fengda.operator;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fengda.FengdaClient.Reply;
import io.fengda.operator.TestCluster.Node;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** One node tells of all, and drains another, in a real cluster. */
class OperatorClusterTest {
  private static final String ALL = "gateway,conversation,worker";

  @Test
  void everyNodeTellsOfTheWholeCluster() {
    try (TestCluster cluster = TestCluster.start(true, ALL, ALL, "worker")) {
      cluster.node(0).metrics().turnEnded("bank", "ANSWER");
      cluster.node(1).metrics().turnEnded("bank", "ANSWER");
      cluster.node(1).metrics().vendorGuard("bank", "slow", () -> true, () -> 0);

      for (int i = 0; i < 3; i++) {
        JsonNode state = settled(cluster.node(i), 3);

        assertEquals(cluster.node(i).name(), state.get("servedBy").asText());
        assertEquals(
            List.of(1, 1, 0),
            List.of(0, 1, 2).stream()
                .map(
                    at ->
                        member(state, cluster.node(at)).at("/report/figures/turns/answer").asInt())
                .toList());
        assertEquals(
            "slow",
            member(state, cluster.node(1)).at("/report/figures/breakers/open/0/vendor").asText());
        assertEquals("[\"worker\"]", member(state, cluster.node(2)).get("roles").toString());
        assertTrue(member(state, cluster.node(0)).get("oldest").asBoolean());
        assertTrue(
            member(state, cluster.node(0)).at("/report/shards").asInt() > 0, state::toString);
        assertEquals(0, member(state, cluster.node(2)).at("/report/shards").asInt());
        assertEquals(
            cluster.node(2).url("/operator"),
            member(state, cluster.node(2)).at("/report/page").asText());
      }
    }
  }

  @Test
  void twoNodesAreDrainedOneAfterTheOtherAndTheLastOneStays() {
    try (TestCluster cluster = TestCluster.start(true, ALL, ALL, ALL)) {
      Node page = cluster.node(2);
      settled(page, 3);
      for (Node leaving : List.of(cluster.node(1), cluster.node(0))) {
        Reply reply = drain(page, leaving.name());
        assertEquals(202, reply.status(), reply.raw()::body);

        await().atMost(30, TimeUnit.SECONDS).until(leaving::isGone);
        await()
            .atMost(30, TimeUnit.SECONDS)
            .until(() -> member(state(page), leaving).isMissingNode());
      }

      Reply last = drain(page, page.name());

      assertEquals(409, last.status());
      assertEquals("last-of-role", last.json().get("code").asText());
      assertEquals("conversation", last.json().get("role").asText());
      assertEquals("last-of-role", member(state(page), page).at("/notDrainable/code").asText());
      assertFalse(page.isGone());
    }
  }

  @Test
  void nothingIsDrainedWhereItIsSwitchedOff() {
    try (TestCluster cluster = TestCluster.start(false, ALL, ALL)) {
      JsonNode state = settled(cluster.node(0), 2);

      Reply reply = drain(cluster.node(0), cluster.node(1).name());

      assertFalse(state.get("drain").asBoolean());
      assertEquals(403, reply.status());
      assertTrue(reply.json().get("title").asText().contains("FENGDA_OPERATOR_DRAIN"));
      assertEquals("up", member(state(cluster.node(0)), cluster.node(1)).get("status").asText());
    }
  }

  private static Reply drain(Node node, String which) {
    return node.client()
        .send(
            node.client()
                .request("/operator/drain")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"node\": \"%s\"}".formatted(which)))
                .build());
  }

  /** When every node knows how to ask every other. */
  private static JsonNode settled(Node node, int members) {
    return await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> state(node), state -> state.get("members").findValues("phase").size() == members);
  }

  private static JsonNode state(Node node) {
    return node.client().send(node.client().request("/operator/state").GET().build()).json();
  }

  private static JsonNode member(JsonNode state, Node node) {
    return StreamSupport.stream(state.get("members").spliterator(), false)
        .filter(member -> member.get("node").asText().equals(node.name()))
        .findAny()
        .orElse(MissingNode.getInstance());
  }
}
