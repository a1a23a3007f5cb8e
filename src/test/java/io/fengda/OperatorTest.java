package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's page of an engine of one node. */
class OperatorTest {
  private static TestEngine engine;
  private static FengdaClient management;

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    management = FengdaClient.of(engine.managementPort());
  }

  @Test
  void aTurnIsToldWithEverythingElse() {
    int before = figures().at("/turns/answer").asInt();
    engine.client().customer("scripted", UUID.randomUUID().toString()).say("hello");

    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> figures().at("/turns/answer").asInt() > before);
    JsonNode member = state().at("/members/0");
    assertEquals("up", member.get("status").asText());
    assertEquals(
        "[\"answerer\",\"conversation\",\"gateway\",\"worker\"]", member.get("roles").toString());
    assertEquals("STARTED", member.at("/report/phase").asText());
    assertEquals(60, member.at("/report/shards").asInt());
    assertTrue(member.at("/report/conversations").asInt() > 0);
    JsonNode figures = figures();
    assertTrue(figures.get("tenants").findValuesAsText("tenant").contains("scripted"));
    assertTrue(figures.get("stations").findValuesAsText("name").contains("queue-query"));
    assertTrue(figures.get("openLimit").asInt() > 0);
    assertTrue(figures.at("/breakers/all").asInt() > 0);
    assertTrue(figures.at("/behind/0/records").isNumber());
  }

  @ParameterizedTest
  @CsvSource({
    "/operator, text/html",
    "/operator/operator.js, application/javascript",
    "/operator/operator.css, text/css",
    "/operator/uPlot.esm.js, application/javascript",
    "/operator/uPlot.min.css, text/css",
    "/operator/favicon.svg, image/svg+xml"
  })
  void aFileHasItsTypeAndAStrictPolicyAndIsNotSentTwice(String path, String type) {
    Reply first = management.send(management.request(path).GET().build());
    Reply again =
        management.send(
            management.request(path).header("If-None-Match", first.header("ETag")).GET().build());

    assertEquals(200, first.status());
    assertTrue(first.header("Content-Type").startsWith(type), first.header("Content-Type"));
    String policy = first.header("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertTrue(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), policy);
    assertEquals(304, again.status());
  }

  @Test
  void theRootLeadsToThePage() {
    Reply root = management.send(management.request("/").GET().build());

    assertEquals(303, root.status());
    assertEquals("/operator", root.header("Location"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/operator/operator.html.bak", "/operator/..%2foperator.js", "/operator/x/y"})
  void nothingElseIsServed(String path) {
    assertEquals(404, management.send(management.request(path).GET().build()).status());
  }

  @Test
  void theOnlyNodeIsNotDrained() {
    Reply reply = drain(node(), "application/json", "same-origin");

    assertEquals(409, reply.status());
    assertEquals("last-of-role", reply.json().get("code").asText());
    assertEquals("last-of-role", state().at("/members/0/notDrainable/code").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site, application/json, 403, foreign-page",
    "same-site, application/json, 403, foreign-page",
    "none, application/json, 403, foreign-page",
    "same-origin, text/plain, 415, not-json",
    "same-origin, application/x-www-form-urlencoded, 415, not-json"
  })
  void noPageOfAnotherSiteDrainsANode(String site, String type, int status, String code) {
    Reply reply = drain(node(), type, site);

    assertEquals(status, reply.status());
    assertEquals(code, reply.json().get("code").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 400, no-node",
    "'{}', 400, no-node",
    "'{\"node\": 7}', 400, no-node",
    "'{\"node\"', 400, no-node",
    "'{\"node\": \"127.0.0.1:1\"}', 404, unknown"
  })
  void whatNamesNoMemberDrainsNobody(String body, int status, String code) {
    Reply reply = send(body, "application/json", "same-origin");

    assertEquals(status, reply.status());
    assertEquals(code, reply.json().get("code").asText());
  }

  @Test
  void aLargeBodyIsNotRead() {
    Reply reply = drain("x".repeat(4_096), "application/json", "same-origin");

    assertEquals(400, reply.status(), "404 if it were read: there is no such member");
  }

  private static JsonNode state() {
    return management.send(management.request("/operator/state").GET().build()).json();
  }

  private static JsonNode figures() {
    return state().at("/members/0/report/figures");
  }

  private static String node() {
    return state().get("servedBy").asText();
  }

  private static Reply drain(String node, String type, String site) {
    return send("{\"node\": \"%s\"}".formatted(node), type, site);
  }

  private static Reply send(String body, String type, String site) {
    HttpRequest request =
        management
            .request("/operator/drain")
            .header("Content-Type", type)
            .header("Sec-Fetch-Site", site)
            .POST(BodyPublishers.ofString(body))
            .build();
    return management.send(request);
  }
}
