package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.identity.TestTokens;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a turn went: as a trace, and as an answer to those who run the platform. */
class TracesTest {
  private static final String TURN = "turn";
  private static final String ATTEMPT = "attempt";
  private static final String PUBLISH = "fengda.queries.text publish";
  private static final String PROCESS = "fengda.queries.text process";
  private static final String CALL = "fengda.nlp.v1.NlpService/Answer";
  private static final InMemorySpanExporter EXPORTER = InMemorySpanExporter.create();

  private static TestEngine engine;
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
    Spans.of(engine.system()).exportTo(EXPORTER);
  }

  @AfterAll
  static void stop() {
    var unused = EXPORTER.shutdown();
  }

  private static String say(Customer customer, String text, String traceparent) {
    Reply reply =
        client.send(
            customer
                .request("/v1/conversations/main/messages")
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(BodyPublishers.ofString(FengdaClient.message("m-" + UUID.randomUUID(), text)))
                .build());
    assertEquals(200, reply.status(), reply.raw().body());
    return reply.json().get("outcome").asText();
  }

  /** The spans of a trace, once there are so many. */
  private static List<SpanData> spans(String traceId, int count) {
    return Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> spans(traceId), spans -> spans.size() >= count);
  }

  private static List<SpanData> spans(String traceId) {
    return EXPORTER.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(traceId))
        .toList();
  }

  @Test
  void oneTraceHasAllStationsWithTheRightParents() {
    TraceContext caller = TraceContext.create(true);
    Customer customer = client.customer(TestEngine.SCRIPTED);

    assertEquals("answer", say(customer, "echo traced", caller.traceparent()));

    List<SpanData> all = spans(caller.traceId(), 9);
    assertEquals(
        Set.of(
            "POST /v1/conversations/{id}/messages",
            TURN,
            "journal message",
            ATTEMPT,
            PUBLISH,
            PROCESS,
            CALL,
            "fengda.results publish",
            "journal reply"),
        all.stream().map(SpanData::getName).collect(Collectors.toSet()));
    SpanData http = named(all, "POST /v1/conversations/{id}/messages");
    assertEquals(caller.spanId(), http.getParentSpanId());
    assertParent(http, named(all, TURN));
    assertParent(named(all, TURN), named(all, "journal message"));
    assertParent(named(all, TURN), named(all, ATTEMPT));
    assertParent(named(all, TURN), named(all, "journal reply"));
    assertParent(named(all, ATTEMPT), named(all, PUBLISH));
    assertParent(named(all, PUBLISH), named(all, PROCESS));
    assertParent(named(all, PROCESS), named(all, CALL));
    assertParent(named(all, PROCESS), named(all, "fengda.results publish"));
    assertEquals(SpanKind.SERVER, http.getKind());
    assertEquals(SpanKind.CONSUMER, named(all, PROCESS).getKind());
    assertEquals(SpanKind.CLIENT, named(all, CALL).getKind());
    String atVendor = "00-%s-%s-01".formatted(caller.traceId(), named(all, CALL).getSpanId());
    assertTrue(engine.vendor().traces().contains(atVendor), atVendor);
    for (SpanData span : all) {
      assertTrue(span.getEndEpochNanos() >= span.getStartEpochNanos(), span::toString);
      assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode(), span.getName());
    }
  }

  private static SpanData named(List<SpanData> all, String name) {
    return all.stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
  }

  private static void assertParent(SpanData parent, SpanData child) {
    assertEquals(parent.getSpanId(), child.getParentSpanId(), child.getName());
    assertTrue(
        child.getStartEpochNanos() >= parent.getStartEpochNanos() - 1_000_000, child::toString);
  }

  @Test
  void aFallbackIsToldThoughNobodyAskedForIt() {
    TraceContext caller = TraceContext.create(false);

    assertEquals("fallback", say(client.customer(TestEngine.DOWN), "hello", caller.traceparent()));

    List<SpanData> all = spans(caller.traceId(), 6);
    SpanData turn =
        all.stream().filter(span -> span.getName().equals(TURN)).findFirst().orElseThrow();
    assertEquals(StatusCode.ERROR, turn.getStatus().getStatusCode());
    assertEquals(
        "VENDOR_UNAVAILABLE", turn.getAttributes().get(AttributeKey.stringKey("fengda.outcome")));
    assertTrue(
        all.stream().anyMatch(span -> span.getSpanId().equals(turn.getParentSpanId())),
        "the call's part is there too");
  }

  @Test
  void anAnswerThatNobodyAskedForIsNotTold() {
    TraceContext quiet = TraceContext.create(false);
    TraceContext loud = TraceContext.create(true);
    Customer customer = client.customer(TestEngine.SCRIPTED);

    assertEquals("answer", say(customer, "echo quiet", quiet.traceparent()));
    assertEquals("answer", say(customer, "echo loud", loud.traceparent()));

    assertFalse(spans(loud.traceId(), 9).isEmpty());
    assertEquals(List.of(), spans(quiet.traceId()));
  }

  @Test
  void aTurnOverASocketIsTheFirstPartOfItsTrace() {
    Customer customer = client.customer(TestEngine.DOWN);
    try (TestSocket socket = customer.socket(0)) {
      socket.say("m-1", "over a socket");
      socket.await("turn");
    }

    SpanData turn =
        Awaitility.await()
            .atMost(10, TimeUnit.SECONDS)
            .until(
                () ->
                    EXPORTER.getFinishedSpanItems().stream()
                        .filter(span -> span.getName().equals(TURN))
                        .filter(span -> !span.getParentSpanContext().isValid())
                        .findFirst(),
                java.util.Optional::isPresent)
            .orElseThrow();
    assertEquals(
        TestEngine.DOWN, turn.getAttributes().get(AttributeKey.stringKey("fengda.tenant")));
  }

  @Test
  void whoRunsThePlatformIsToldHowATurnWent() {
    String user = "explained-" + UUID.randomUUID();
    Customer customer = client.customer(TestEngine.SCRIPTED, user);
    TraceContext caller = TraceContext.create(true);
    assertEquals("answer", say(customer, "echo first", caller.traceparent()));
    assertEquals("answer", say(customer, "echo second", caller.traceparent()));
    String path =
        "/v1/ops/tenants/%s/customers/%s/conversations/main/messages/%%d/explain"
            .formatted(TestEngine.SCRIPTED, user);
    Customer ops = client.withToken(TestTokens.ops(TestEngine.PLATFORM_KEY));

    JsonNode second = ops.get(path.formatted(3)).json();

    assertEquals("[3]", second.get("seqs").toString());
    assertEquals("answer", second.get("outcome").asText());
    assertEquals("script", second.get("vendor").asText());
    assertEquals(caller.traceId(), second.get("traceId").asText());
    assertEquals(2, second.at("/attempts/0/contextMessages").asInt());
    assertEquals("ANSWER", second.at("/attempts/0/vendorCalls/0/outcome").asText());
    assertEquals("closed", second.at("/attempts/0/vendorCalls/0/breaker").asText());
    assertEquals("script/1", second.at("/citations/0/source").asText());
    assertEquals(
        List.of(
            "journal-message", "queue-query", "worker", "vendor", "queue-result", "journal-reply"),
        stations(second));
    assertFalse(second.toString().contains("echo"), "what was said is not told");

    assertEquals(404, ops.get(path.formatted(5)).status());
    assertEquals(404, ops.get(path.formatted(3).replace(user, "nobody")).status());
    assertEquals(403, customer.get(path.formatted(3)).status());
    assertEquals(204, customer.call("DELETE", "/v1/conversations/main", "").status());
    assertEquals(404, ops.get(path.formatted(3)).status());
  }

  private static JsonNode explained(String tenant, String user, long seq) {
    Reply reply =
        client
            .withToken(TestTokens.ops(TestEngine.PLATFORM_KEY))
            .get(
                "/v1/ops/tenants/%s/customers/%s/conversations/main/messages/%d/explain"
                    .formatted(tenant, user, seq));
    assertEquals(200, reply.status(), reply.raw().body());
    return reply.json();
  }

  private static List<String> stations(JsonNode turn) {
    return StreamSupport.stream(turn.get("stations").spliterator(), false)
        .map(station -> station.get("station").asText())
        .toList();
  }

  @Test
  void aTurnThatTookAnothersPlaceAndThatOneAreTheirOwn() {
    String user = "interrupting-" + UUID.randomUUID();
    try (TestSocket socket = client.customer(TestEngine.INTERRUPTING, user).socket(0)) {
      socket.say("m-1", "drip");
      var unused = socket.await("delta");
      socket.say("m-2", "rather this");
      socket.await(
          frame ->
              frame.get("type").asText().equals("turn")
                  && frame.get("outcome").asText().equals("answer"));
    }

    JsonNode first = explained(TestEngine.INTERRUPTING, user, 1);
    assertEquals("CANCELLED_INTERRUPTED", first.get("reason").asText());
    assertEquals(1, first.get("attempts").size());
    assertTrue(stations(first).contains("journal-message"), first::toString);
    JsonNode second = explained(TestEngine.INTERRUPTING, user, 2);
    assertEquals("ANSWER", second.get("reason").asText());
    assertEquals(1, second.get("attempts").size());
    assertEquals("[2]", second.get("seqs").toString());
    assertFalse(second.get("recovered").asBoolean());
    assertTrue(
        second.at("/stations/0").has("tookMs") && stations(second).contains("journal-message"),
        second::toString);
  }

  @Test
  void aTurnThatMessagesJoinedHasAnAttemptForEach() {
    String user = "merging-" + UUID.randomUUID();
    Customer customer = client.customer(TestEngine.MERGING, user);
    assertEquals(202, customer.accept("m-1", "slow one").status());

    assertEquals("answer", customer.say("m-2", "echo two").json().get("outcome").asText());

    JsonNode turn = explained(TestEngine.MERGING, user, 1);
    assertEquals("[1,2]", turn.get("seqs").toString());
    assertEquals(2, turn.get("attempts").size(), turn::toString);
    assertEquals(turn, explained(TestEngine.MERGING, user, 2));
  }

  @Test
  void aTurnThatWaitedBeginsWhenItsMessageCame() {
    String user = "waiting-" + UUID.randomUUID();
    Customer customer = client.customer(TestEngine.SCRIPTED, user);
    assertEquals(202, customer.accept("m-1", "slow one").status());

    assertEquals("answer", customer.say("m-2", "echo two").json().get("outcome").asText());

    JsonNode second = explained(TestEngine.SCRIPTED, user, 2);
    assertEquals("[2]", second.get("seqs").toString());
    assertTrue(second.get("tookMs").asLong() >= 200, second::toString);
    assertTrue(stations(second).contains("journal-message"), second::toString);
  }

  @Test
  void ofPathsThatAreNotOursNothingIsTold() {
    TraceContext caller = TraceContext.create(true);
    String name = "13987654321";
    for (String path : List.of("/v1/" + name, "/" + name, "/v1/conversations/" + name)) {
      var unused =
          client.send(
              client.request(path).header("traceparent", caller.traceparent()).GET().build());
    }

    List<SpanData> told = spans(caller.traceId(), 3);
    assertTrue(told.stream().noneMatch(span -> span.toString().contains(name)), told::toString);
  }

  @Test
  void aFallbackIsExplained() {
    String user = "fallen-" + UUID.randomUUID();
    assertEquals(
        "fallback", client.customer(TestEngine.DOWN, user).say("?").json().get("outcome").asText());

    JsonNode why = explained(TestEngine.DOWN, user, 1);

    assertEquals("fallback", why.get("outcome").asText());
    assertEquals("VENDOR_UNAVAILABLE", why.get("reason").asText());
    JsonNode calls = why.at("/attempts/0/vendorCalls");
    assertTrue(calls.size() >= 1, why::toString);
    assertTrue(
        Set.of("VENDOR_UNAVAILABLE", "BREAKER_OPEN").contains(calls.get(0).get("outcome").asText()),
        why::toString);
  }

  @Test
  void theTimesOfStationsAreMeasured() {
    var unused = client.customer(TestEngine.SCRIPTED).say("echo measured");
    FengdaClient management = FengdaClient.of(engine.managementPort());

    String metrics = management.send(management.request("/metrics").GET().build()).raw().body();

    for (String station :
        List.of(
            "journal-message",
            "queue-query",
            "worker",
            "vendor",
            "queue-result",
            "journal-reply",
            "whole")) {
      assertTrue(
          metrics.contains("fengda_turn_time_seconds_count{station=\"%s\"}".formatted(station)),
          station);
    }
  }
}
