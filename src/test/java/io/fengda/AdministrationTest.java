package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.identity.TestTokens;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tenants that are made, changed and deleted while the engine runs. */
class AdministrationTest {
  private static final String TENANTS = "/v1/admin/tenants";
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  private static TestEngine engine;
  private static FengdaClient client;
  private static Customer ops;

  private final String id = "t-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
    ops = client.withToken(TestTokens.ops(TestEngine.PLATFORM_KEY));
  }

  /** A tenant that is new, and what administers it. */
  private record Made(String id, JsonNode created) {
    String key(String kind) {
      for (JsonNode key : created.get("keys")) {
        if (key.get("kind").asText().equals(kind)) {
          return key.get("key").asText();
        }
      }
      throw new IllegalStateException("no key " + kind + " in " + created);
    }

    Customer customer(String userId) {
      Reply session = client.session(key("secret"), FengdaClient.object().put("userId", userId));
      assertEquals(201, session.status(), session.raw().body());
      return client.withToken(session.json().get("token").asText());
    }

    Customer administrator() {
      return client.withToken(
          TestTokens.of(id, Instant.now())
              .by(key("token"), claims -> claims.subject("bob").claim("scope", "admin")));
    }
  }

  private Made make() {
    return make(settings());
  }

  private Made make(ObjectNode settings) {
    ObjectNode body = FengdaClient.object().put("id", id);
    body.set("settings", settings);
    Reply reply = ops.call("POST", TENANTS, body.toString());
    assertEquals(201, reply.status(), reply.raw().body());
    assertEquals(TENANTS + "/" + id, reply.header("Location"));
    Made made = new Made(id, reply.json());
    awaitSession(client, made);
    return made;
  }

  /** On every node within a second. */
  private static void awaitSession(FengdaClient node, Made made) {
    Awaitility.await()
        .atMost(A_SECOND)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .until(
            () ->
                node.session(made.key("secret"), FengdaClient.object().put("userId", "u")).status(),
            Integer.valueOf(201)::equals);
  }

  private static ObjectNode settings() {
    ObjectNode settings = FengdaClient.object().put("deadline", "2s");
    settings
        .putArray("vendors")
        .addObject()
        .put("name", "script")
        .put("host", "127.0.0.1")
        .put("port", engine.vendorPort())
        .put("tls", false);
    return settings;
  }

  @Test
  void aTenantThatIsMadeChatsWithinASecond() {
    Made made = make();

    Reply reply = made.customer("u-1").say("echo hello");

    assertEquals(200, reply.status(), reply.raw().body());
    assertEquals("answer", reply.json().get("outcome").asText());
    assertEquals(id, made.created().get("tenant").get("id").asText());
  }

  @Test
  void aChangeOfItsOwnAdministratorHoldsWithinASecond() {
    Made made = make();
    Customer customer = made.customer("u-1");
    Customer administrator = made.administrator();

    Reply changed =
        administrator.call(
            "PATCH",
            TENANTS + "/" + id,
            "{\"deadline\": \"300ms\", \"fallback\": {\"en\": \"Ask again.\"}, \"vendors\": []}");

    assertEquals(200, changed.status(), changed.raw().body());
    assertEquals("300ms", changed.json().get("settings").get("deadline").asText());
    assertEquals("QUEUE", changed.json().get("settings").get("overlap").asText());
    Awaitility.await()
        .atMost(A_SECOND)
        .until(
            () -> customer.say("echo hello").json().path("reply").path("text").asText(),
            "Ask again."::equals);
  }

  @Test
  void aQuotaThatIsLoweredHoldsWithinSeconds() {
    Made made = make();
    Customer customer = made.customer("u-1");

    assertEquals(
        200, made.administrator().call("PATCH", path(), "{\"messagesPerSecond\": 2}").status());

    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(
            () -> {
              for (int i = 0; i < 6; i++) {
                if (customer.get("/v1/conversations/main/messages").status() == 429) {
                  return true;
                }
              }
              return false;
            });
  }

  @Test
  void aKeyIsRotatedWithoutAGap() {
    Made made = make();
    Customer administrator = made.administrator();
    Customer before = made.customer("u-1");

    Reply added = administrator.call("POST", path() + "/keys", "{\"kind\": \"token\"}");
    assertEquals(201, added.status(), added.raw().body());
    String newSecret = added.json().get("keys").get(0).get("key").asText();
    assertEquals(
        409, administrator.call("POST", path() + "/keys", "{\"kind\":\"token\"}").status());
    Customer after =
        client.withToken(TestTokens.of(id, Instant.now()).by(newSecret, claims -> claims));
    Awaitility.await().atMost(A_SECOND).until(() -> after.say("echo a").status() == 200);
    assertEquals(200, before.say("echo b").status());

    String old = keyId(made.created().get("keys"), "token");
    try (TestSocket open = before.socket(0)) {
      assertEquals(200, administrator.call("DELETE", path() + "/keys/" + old, "").status());

      JsonNode closing = open.await("closing");
      assertEquals("expired", closing.get("reason").asText());
      assertTrue(closing.get("reconnect").asBoolean());
    }
    Awaitility.await().atMost(A_SECOND).until(() -> before.say("echo c").status() == 401);
    assertEquals(200, after.say("echo d").status());
    assertEquals(401, administrator.get(path()).status());
  }

  @Test
  void noAnswerShowsAKeyAgain() {
    Made made = make();

    String all =
        made.administrator().get(path()).raw().body()
            + made.administrator().get(path() + "/audit").raw().body()
            + ops.get(TENANTS).raw().body();

    assertTrue(all.contains(keyId(made.created().get("keys"), "secret")));
    assertFalse(all.contains(made.key("secret")));
    assertFalse(all.contains(made.key("token")));
    assertFalse(all.contains(made.key("publishable")));
  }

  @Test
  void theDatabaseAloneTellsNoSecret() {
    Made made = make();
    TestDatabase database = TestDatabase.at(engine.databaseUrl());
    String rows =
        "SELECT count(*) FROM event_journal WHERE persistence_id = 'Tenants|all'"
            + " AND position('%s'::bytea IN event_payload) > 0";

    assertTrue(database.count(rows.formatted(id)) > 0);
    assertEquals(0, database.count(rows.formatted(made.key("secret"))));
    assertEquals(0, database.count(rows.formatted(made.key("token"))));
  }

  @Test
  void aSuspendedTenantIsServedNoMoreAndItsSocketsAreClosed() {
    Made made = make();
    Customer customer = made.customer("u-1");
    try (TestSocket socket = customer.socket(0)) {
      socket.say("m-1", "echo hello");
      socket.await(frame -> frame.path("type").asText().equals("turn"));

      assertEquals(200, ops.call("POST", path() + "/suspend", "").status());

      JsonNode closing = socket.await(frame -> frame.path("type").asText().equals("closing"));
      assertEquals("forbidden", closing.get("reason").asText());
    }
    Reply refused = customer.say("echo again");
    assertEquals(403, refused.status());
    assertEquals("tenant-suspended", refused.json().get("code").asText());
    assertEquals(
        403,
        client.session(made.key("secret"), FengdaClient.object().put("userId", "u-2")).status());

    assertEquals(200, ops.call("POST", path() + "/resume", "").status());
    Awaitility.await().atMost(A_SECOND).until(() -> customer.say("echo on").status() == 200);
  }

  @Test
  void nothingOfADeletedTenantAnswersOrIsLeft() {
    String secret = "secret" + UUID.randomUUID().toString().replace("-", "");
    Made made = make(settings().put("deadline", "3s"));
    Customer customer = made.customer(secret);
    assertEquals(200, customer.say("echo " + secret).status());
    TestDatabase database = TestDatabase.at(engine.databaseUrl());
    assertTrue(rowsWith(database, secret) > 0);

    assertEquals(204, ops.call("DELETE", path(), "").status());

    Awaitility.await().atMost(A_SECOND).until(() -> customer.say("echo again").status() == 401);
    assertEquals(401, made.administrator().get(path()).status());
    assertEquals(404, ops.get(path()).status());
    assertEquals(409, ops.call("POST", TENANTS, "{\"id\": \"" + id + "\"}").status());
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> !ops.get(TENANTS).json().get("erasing").toString().contains(id));
    assertEquals(0, rowsWith(database, secret));
    assertEquals(
        1,
        database.count(
            "SELECT count(*) FROM event_journal WHERE persistence_id = 'Tenants|all' AND NOT"
                + " deleted AND event_ser_manifest LIKE '%TenantDeleted%' AND position('"
                + id
                + "'::bytea IN event_payload) > 0"));
    assertEquals(
        0,
        database.count(
            "SELECT count(*) FROM event_journal WHERE persistence_id = 'Tenants|all'"
                + " AND event_ser_manifest NOT SIMILAR TO '%(TenantDeleted|TenantErased)%'"
                + " AND position('"
                + id
                + "'::bytea IN event_payload) > 0"));

    assertEquals(409, ops.call("POST", TENANTS, "{\"id\": \"" + id + "\"}").status());
  }

  private static long rowsWith(TestDatabase database, String secret) {
    return database.count(
        "SELECT count(*) FROM event_journal WHERE position('%1$s' IN persistence_id) > 0"
            + " OR position('%1$s'::bytea IN event_payload) > 0".formatted(secret));
  }

  @Test
  void theAuditSaysWhoDidWhatWithBeforeAndAfter() {
    Made made = make();
    Customer administrator = made.administrator();
    administrator.call("PATCH", path(), "{\"deadline\": \"4s\"}");
    administrator.call("PATCH", path(), "{\"deadline\": null}");

    JsonNode events = administrator.get(path() + "/audit?limit=2").json().get("events");

    assertEquals(2, events.size());
    assertEquals("settings-changed", events.get(0).get("what").asText());
    assertEquals("admin:bob", events.get(0).get("by").asText());
    JsonNode change = events.get(0).get("changes").get(0);
    assertEquals("deadline", change.get("setting").asText());
    assertEquals("4s", change.get("before").asText());
    assertTrue(change.get("after").isNull());
    JsonNode first =
        administrator
            .get(path() + "/audit?before=" + events.get(1).get("number").asLong())
            .json()
            .get("events")
            .get(0);
    assertEquals("tenant-created", first.get("what").asText());
    assertEquals("ops:ann", first.get("by").asText());
  }

  @Test
  void twoAdministratorsDoNotOverwriteEachOther() {
    Made made = make();
    long version = made.created().get("tenant").get("version").asLong();

    assertEquals(200, ifVersion(made, version, "{\"deadline\": \"4s\"}").status());
    Reply late = ifVersion(made, version, "{\"deadline\": \"5s\"}");

    assertEquals(412, late.status());
    assertEquals("changed-meanwhile", late.json().get("code").asText());
  }

  private Reply ifVersion(Made made, long version, String patch) {
    return client.send(
        made.administrator()
            .request(path())
            .header("Content-Type", "application/json")
            .header("If-Match", "\"" + version + "\"")
            .method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString(patch))
            .build());
  }

  @Test
  void othersAreForbiddenOrFindNothing() {
    Made made = make();
    Customer administrator = made.administrator();
    Customer customer = made.customer("u-1");

    assertEquals(403, administrator.get(TENANTS).status());
    assertEquals(403, administrator.call("POST", TENANTS, "{\"id\": \"other\"}").status());
    assertEquals(403, administrator.call("POST", path() + "/suspend", "").status());
    assertEquals(403, administrator.call("DELETE", path(), "").status());
    for (String other : List.of("harbor", "no-such-tenant", "-fengda", "X")) {
      Reply reply = administrator.get(TENANTS + "/" + other);
      assertEquals(404, reply.status(), other);
      assertEquals("no such tenant", reply.json().get("detail").asText());
    }
    assertEquals(403, customer.get(path()).status());
    assertEquals(403, ops.get("/v1/conversations/main/messages").status());
    assertEquals(401, client.withToken("").get(path()).status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"deadline\": \"6m\"}              | invalid-setting | /deadline",
        "{\"nothing\": 1}                    | invalid-setting | /nothing",
        "{\"branding\": {\"color\": \"red\"}} | invalid-setting | /branding/color",
        "{\"openTurnsMax\": 0}               | invalid-setting | /openTurnsMax",
        "{\"tokens\": {\"algorithms\": [\"none\"]}} | invalid-setting | /tokens/algorithms",
        "{\"tokens\": {\"algorithms\": [\"RS256\"]}} | invalid-setting | /tokens/jwksUri",
        "{\"secretKeys\": [\"mine\"]}        | invalid-setting | /secretKeys",
        "[1]                                 | invalid-field   | ''",
        "{                                   | malformed-json  | ''",
      })
  void aSettingThatMayNotBeIsNamed(String patch, String code, String pointer) {
    Customer administrator =
        client.withToken(
            TestTokens.of("harbor", Instant.now())
                .by(
                    "harbor-demo-token-secret-of-32-bytes-or-more",
                    claims -> claims.subject("bob").claim("scope", "admin")));

    Reply reply = administrator.call("PATCH", TENANTS + "/harbor", patch);

    assertEquals(400, reply.status(), reply.raw().body());
    assertEquals(code, reply.json().get("code").asText(), reply.raw().body());
    assertEquals(pointer, reply.json().path("pointer").asText());
  }

  @Test
  void anotherNodeKnowsATenantWithinASecondToo() {
    var ports = FreePorts.of(4);
    ActorSystem<Void> other =
        Main.start(
            ConfigFactory.load(
                ConfigFactory.parseString(
                        """
                        fengda {
                          database.url = "%s"
                          queue.bootstrap-servers = "%s"
                          roles = gateway
                          http.port = %d
                          cluster { management-port = %d, port = %d, seed-nodes = "%s" }
                          warm-up.time = 0s
                          identity.platform-key = "%s"
                        }
                        """
                            .formatted(
                                engine.databaseUrl(),
                                engine.bootstrapServers(),
                                ports.get(0),
                                ports.get(1),
                                ports.get(2),
                                engine.system().address().getHost().get()
                                    + ":"
                                    + engine.system().address().getPort().get(),
                                TestEngine.PLATFORM_KEY))
                    .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded"))),
            Progress.on(new PrintStream(OutputStream.nullOutputStream())));
    try {
      FengdaClient there = FengdaClient.of(ports.get(0));

      Made made = make();
      awaitSession(there, made);

      assertEquals(200, there.withToken(made.customer("u-1").token()).say("echo x").status());
    } finally {
      other.terminate();
      other.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static String keyId(JsonNode keys, String kind) {
    for (JsonNode key : keys) {
      if (key.get("kind").asText().equals(kind)) {
        return key.get("id").asText();
      }
    }
    throw new IllegalStateException("no key " + kind);
  }

  private String path() {
    return TENANTS + "/" + id;
  }
}
