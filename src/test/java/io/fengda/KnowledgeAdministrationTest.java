package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.identity.TestTokens;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a tenant knows, as its administrators change it while the engine runs. */
class KnowledgeAdministrationTest {
  private static final String JSON_LINES = "application/x-ndjson";

  private final FengdaClient client = TestEngine.get().client();
  private final String id = "k-" + UUID.randomUUID().toString().substring(0, 8);
  private final String path = "/v1/admin/tenants/" + id;
  private Customer administrator;
  private String secretKey;

  @BeforeEach
  void make() {
    Customer ops = client.withToken(TestTokens.ops(TestEngine.PLATFORM_KEY));
    ObjectNode body = FengdaClient.object().put("id", id);
    body.putObject("settings")
        .put("deadline", "20s")
        .putArray("vendors")
        .addObject()
        .put("name", "answerer")
        .put("host", "127.0.0.1")
        .put("port", TestEngine.get().answererPort())
        .put("tls", false);
    JsonNode keys = ops.call("POST", "/v1/admin/tenants", body.toString()).json().get("keys");
    secretKey = keys.get(0).get("key").asText();
    administrator =
        client.withToken(
            TestTokens.of(id, Instant.now())
                .by(
                    keys.get(2).get("key").asText(),
                    claims -> claims.subject("bob").claim("scope", "admin")));
    Awaitility.await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> administrator.get(path).status() == 200);
  }

  @Test
  void thousandsOfEntriesAreTakenWithProgressAndAReportOfWhatIsWrong() {
    String file =
        IntStream.range(0, 5_000)
                .mapToObj(i -> entry("e-" + i, "question number " + i, "answer " + i))
                .collect(Collectors.joining("\n"))
            + "\n{\"id\": 7}\n\nnot JSON\n"
            + entry("e-0", "the first once more", "x")
            + "\n"
            + entry("other", "Question number 17?", "x");

    List<JsonNode> lines = bring(JSON_LINES, file, "");

    JsonNode report = lines.getLast();
    assertEquals("done", report.get("state").asText(), report.toString());
    assertEquals(5_004, report.get("read").asInt());
    assertEquals(5_000, report.get("accepted").asInt());
    assertEquals(4, report.get("rejected").asInt());
    assertEquals(List.of(5_001, 5_003, 5_004, 5_005), linesOf(report));
    assertTrue(report.get("rejections").get(2).get("reason").asText().contains("line 1"));
    assertTrue(report.get("rejections").get(3).get("reason").asText().contains("e-17"));
    assertTrue(lines.size() > 40, "told " + lines.size() + " times");
    assertEquals(5_000, knowledge("").get("total").asInt());
    awaitAnswer("question number 4711", "answer 4711");
  }

  private static List<Integer> linesOf(JsonNode report) {
    return IntStream.range(0, report.get("rejections").size())
        .mapToObj(i -> report.get("rejections").get(i).get("line").asInt())
        .toList();
  }

  @Test
  void aTableIsTakenToo() {
    String file =
        """
        id,lang,question,alternatives,answer,source
        hours,en,"When are you open, please?",opening hours|opening times,"Always.
        Even at night.",help/hours
        zh,zh,怎么退货,退货|我要退货,请在七天内申请。,
        bad,fr,Quoi?,,Rien.,
        """;

    JsonNode report = bring("text/csv; charset=utf-8", file, "").getLast();

    assertEquals(2, report.get("accepted").asInt(), report.toString());
    assertEquals("unknown lang \"fr\"", report.at("/rejections/0/reason").asText());
    JsonNode hours = knowledge("night").get("entries").get(0);
    assertEquals("Always.\nEven at night.", hours.get("answer").asText());
    assertEquals(2, hours.get("alternatives").size());
  }

  @Test
  void whatWasBroughtInIsAnsweredAndWhatIsChangedToo() {
    bring(JSON_LINES, entry("a", "how do I reset my password", "Press the key."), "");
    awaitAnswer("how do I reset my password", "Press the key.");

    assertEquals(
        200,
        administrator
            .call(
                "PUT",
                path + "/knowledge/entries/a",
                entry("a", "how do I reset my password", "Write to us."))
            .status());
    awaitAnswer("how do I reset my password", "Write to us.");

    assertEquals(204, administrator.call("DELETE", path + "/knowledge/entries/a", "").status());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !ask("how do I reset my password").equals("Write to us."));
  }

  private void awaitAnswer(String question, String answer) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> ask(question), answer::equals);
  }

  private String ask(String question) {
    Reply session =
        client.session(
            secretKey, FengdaClient.object().put("userId", UUID.randomUUID().toString()));
    return client
        .withToken(session.json().get("token").asText())
        .say(question)
        .json()
        .at("/reply/text")
        .asText();
  }

  @Test
  void aTestQuestionShowsWhatIsFoundAndWhy() {
    bring(
        JSON_LINES,
        entry("a", "how do I reset my password", "Press the key.")
            + "\n"
            + entry("b", "where is my order", "On its way."),
        "");
    awaitAnswer("how do I reset my password", "Press the key.");

    JsonNode found =
        administrator
            .call(
                "POST",
                path + "/knowledge/questions",
                "{\"question\": \"How do I reset my password?\"}")
            .json();

    assertEquals("answerer", found.get("vendor").asText(), found.toString());
    assertEquals("a", found.at("/candidates/0/id").asText());
    assertEquals(1.0, found.at("/candidates/0/confidence").asDouble());
    assertTrue(found.at("/candidates/0/answers").asBoolean());
    assertTrue(found.get("threshold").asDouble() > 0);
  }

  @Test
  void aTestQuestionIsRefusedWhereNobodyExplains() {
    assertEquals(400, administrator.call("POST", path + "/knowledge/questions", "{}").status());
    Reply none =
        administrator.call("POST", path + "/knowledge/questions", "{\"question\": \"why\"}");
    assertEquals(409, none.status());
    assertEquals("not-explained", none.json().get("code").asText());
  }

  @Test
  void aFileMayTakeThePlaceOfAll() {
    bring(JSON_LINES, entry("a", "one", "1") + "\n" + entry("b", "two", "2"), "");

    JsonNode report = bring(JSON_LINES, entry("b", "two", "2"), "?replace=true").getLast();

    assertEquals(1, report.get("removed").asInt());
    assertEquals(1, knowledge("").get("total").asInt());
    assertEquals("b", knowledge("").at("/entries/0/id").asText());
  }

  @Test
  void isListedInPagesAndSearched() {
    bring(
        JSON_LINES,
        entry("a", "one", "alpha")
            + "\n"
            + entry("b", "two", "Beta")
            + "\n"
            + entry("c", "three", "gamma"),
        "");

    JsonNode first = administrator.get(path + "/knowledge?limit=2").json();
    assertEquals("b", first.get("nextAfter").asText());
    JsonNode second = administrator.get(path + "/knowledge?limit=2&after=b").json();
    assertEquals("c", second.at("/entries/0/id").asText());
    assertTrue(second.path("nextAfter").isMissingNode());
    assertEquals("b", knowledge("bETA").at("/entries/0/id").asText());
    assertEquals(1, knowledge("bETA").get("entries").size());
  }

  @Test
  void anEntryThatMayNotBeIsRefused() {
    bring(JSON_LINES, entry("a", "one", "1"), "");

    Reply same = administrator.call("PUT", path + "/knowledge/entries/b", entry("b", "One?", "2"));
    Reply other = administrator.call("PUT", path + "/knowledge/entries/b", entry("c", "x", "2"));
    Reply broken = administrator.call("PUT", path + "/knowledge/entries/b", "{}");

    assertEquals(409, same.status(), same.raw().body());
    assertEquals("entry-rejected", same.json().get("code").asText());
    assertEquals(400, other.status());
    assertEquals(400, broken.status());
    assertEquals(404, administrator.call("DELETE", path + "/knowledge/entries/none", "").status());
    assertEquals(
        415, administrator.post(path + "/knowledge/imports", "application/zip", "x").status());
  }

  @Test
  void isInTheAudit() {
    bring(JSON_LINES, entry("a", "one", "1"), "");

    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () -> {
              JsonNode event = administrator.get(path + "/audit?limit=1").json().at("/events/0");
              assertEquals("knowledge-changed", event.get("what").asText());
              assertEquals("admin:bob", event.get("by").asText());
              assertEquals(1, event.get("entries").asInt());
            });
  }

  @Test
  void whatTheDemosFilesSayIsInTheRegistry() {
    Customer harbor =
        client.withToken(
            TestTokens.of("harbor", Instant.now())
                .by(
                    "harbor-demo-token-secret-of-32-bytes-or-more",
                    claims -> claims.subject("bob").claim("scope", "admin")));

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                harbor
                    .get("/v1/admin/tenants/harbor/knowledge?contains=zh-greeting")
                    .json()
                    .path("entries")
                    .size(),
            Integer.valueOf(1)::equals);
  }

  private JsonNode knowledge(String contains) {
    return administrator.get(path + "/knowledge?contains=" + contains).json();
  }

  private List<JsonNode> bring(String type, String file, String query) {
    Reply reply =
        client.send(
            administrator
                .request(path + "/knowledge/imports" + query)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(file))
                .build());
    assertEquals(200, reply.status(), reply.raw().body());
    return reply.raw().body().lines().map(FengdaClient::parse).toList();
  }

  private static String entry(String id, String question, String answer) {
    ObjectNode json =
        FengdaClient.object().put("id", id).put("lang", "en").put("question", question);
    json.putArray("alternatives");
    return json.put("answer", answer).put("source", "").toString();
  }
}
