package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.identity.TestTokens;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every operation of the published contract, asked by everybody whom it does not concern: it is
 * denied, and no answer has a word of what somebody else said. (An event stream that is let in
 * never ends: the time is over then.)
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WallsTest {
  private static final String SECRET = "wall" + UUID.randomUUID().toString().replace("-", "");
  private static final String OWN = TestEngine.SCRIPTED;
  private static final String OWN_KEY = "scripted-token-secret-of-32-bytes-or-more";
  private static final String OTHER_KEY = "harbor-demo-token-secret-of-32-bytes-or-more";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  /** What is asked for in place of a parameter, and is nobody's. */
  private static final List<String> NOBODYS =
      List.of("nobody-knows", "a%3Ab", "..%2F..%2Fmain", "x".repeat(200), "%00", "Main%20");

  private static FengdaClient client;
  private static JsonNode document;
  private static Customer victim;

  private final List<String> faults = new ArrayList<>();

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    document = client.send(client.request("/openapi.json").GET().build()).json();
    victim = client.customer(OWN);
    assertEquals(200, victim.say("echo " + SECRET).status());
  }

  /** One operation of the contract. */
  private record Operation(String method, String path, boolean isAdministration, boolean isOps) {
    String at(String conversation, String tenant, String other) {
      return path.replace("{id}", conversation)
          .replace("{tenant}", tenant)
          .replaceAll("\\{[^}]+}", other);
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations(String security) {
    List<Operation> operations = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(one -> METHODS.contains(one.getKey()))
                    .filter(one -> one.getValue().path("security").toString().contains(security))
                    .forEach(
                        one ->
                            operations.add(
                                new Operation(
                                    one.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    path.getKey().startsWith("/v1/admin/"),
                                    one.getValue().get("summary").asText().endsWith("(ops)")))));
    assertTrue(operations.size() >= 2, security);
    return operations;
  }

  private static String token(String tenant, String key, String scope, String customer) {
    return TestTokens.of(tenant, Instant.now())
        .by(key, claims -> claims.subject(customer).claim("scope", scope));
  }

  private Reply ask(Operation operation, String path, String token) {
    HttpRequest.Builder request =
        token.isEmpty() ? client.request(path) : client.withToken(token).request(path);
    boolean hasBody = Set.of("PUT", "POST", "PATCH").contains(operation.method());
    Reply reply =
        client.send(
            request
                .header("Content-Type", "application/json")
                .method(
                    operation.method(),
                    hasBody
                        ? BodyPublishers.ofString("{\"text\": \"hi\"}")
                        : BodyPublishers.noBody())
                .build());
    if (reply.raw().body().contains(SECRET)) {
      faults.add("%s at %s tells what another said".formatted(operation, path));
    }
    return reply;
  }

  private void expect(Operation operation, String path, String who, String token, int status) {
    Reply reply = ask(operation, path, token);
    if (reply.status() != status) {
      faults.add(
          "%s at %s by %s: %d and not %d".formatted(operation, path, who, reply.status(), status));
    }
  }

  @Test
  void nobodyWithoutATokenForItGetsThrough() {
    String expired =
        TestTokens.of(OWN, Instant.now())
            .by(
                OWN_KEY,
                claims ->
                    claims.expirationTime(Date.from(Instant.now().minus(Duration.ofMinutes(1)))));
    List<Operation> all = new ArrayList<>(operations("\"token\""));
    all.addAll(operations("adminToken"));
    for (Operation operation : all) {
      String path = operation.at("main", OWN, "x");
      if (path.endsWith("/ws")) {
        continue; // A handshake; see below.
      }
      expect(operation, path, "nobody", "", 401);
      expect(operation, path, "a token that is none", "abc", 401);
      expect(operation, path, "an expired token", expired, 401);
      expect(
          operation, path, "another tenant's key", token(OWN, OTHER_KEY, "chat admin", "u"), 401);
      expect(operation, path, "a token of no scope", token(OWN, OWN_KEY, "", "u"), 403);
      expect(operation, path, "a token of other scopes", token(OWN, OWN_KEY, "read", "u"), 403);
    }

    assertEquals(List.of(), faults);
  }

  @Test
  void aConversationIsNoAdministratorsAndNoOtherCustomers() {
    for (Operation operation : operations("\"token\"")) {
      String path = operation.at("main", OWN, "x");
      if (path.endsWith("/ws")) {
        continue;
      }
      expect(operation, path, "an administrator", token(OWN, OWN_KEY, "admin", "u"), 403);
      expect(
          operation, path, "who runs the platform", TestTokens.ops(TestEngine.PLATFORM_KEY), 403);
      String elsewhere =
          TestTokens.of(OWN, Instant.now())
              .by(OWN_KEY, claims -> claims.subject("u-x").claim("conversation_id", "elsewhere"));
      expect(operation, path, "a token of another conversation", elsewhere, 404);
      for (String name : NOBODYS.subList(1, NOBODYS.size())) {
        expect(
            operation,
            operation.at(name, OWN, "x"),
            "a name that is none",
            token(OWN, OWN_KEY, "chat", "u-y"),
            404);
      }
      if (!path.endsWith("/events")) {
        // They have conversations of the same name: their own.
        ask(operation, path, token(OWN, OWN_KEY, "chat", "another"));
        ask(operation, path, token("harbor", OTHER_KEY, "chat", "another"));
      }
    }

    assertEquals(List.of(), faults);
    assertEquals(2, victim.history().size());
    assertTrue(victim.history().toString().contains(SECRET));
  }

  @Test
  void aTenantIsNoCustomersAndNoOtherTenants() {
    String administrator = token(OWN, OWN_KEY, "admin", "bob");
    for (Operation operation : operations("adminToken")) {
      boolean hasTenant = operation.path().contains("{tenant}");
      String path = operation.at("main", OWN, "x");
      expect(operation, path, "a customer", token(OWN, OWN_KEY, "chat", "u"), 403);
      if (operation.isOps()) {
        expect(operation, path, "its own administrator", administrator, 403);
      }
      if (hasTenant) {
        String other = token("harbor", OTHER_KEY, "admin", "eve");
        expect(operation, path, "another tenant's administrator", other, 404);
        for (String name : NOBODYS) {
          expect(
              operation, operation.at("main", name, "x"), "its administrator", administrator, 404);
        }
        expect(
            operation,
            operation.at("main", "nobody-knows", "x"),
            "ops",
            TestTokens.ops(TestEngine.PLATFORM_KEY),
            ofNobody(operation));
      }
    }

    assertEquals(List.of(), faults);
  }

  /** That there is none is said last where a body has to be read. */
  private static int ofNobody(Operation operation) {
    return operation.method().equals("POST") && operation.path().endsWith("/keys") ? 400 : 404;
  }

  @Test
  void aSocketIsNoOtherCustomersEither() {
    for (String token :
        List.of(
            "abc",
            token(OWN, OTHER_KEY, "chat", "u"),
            token(OWN, OWN_KEY, "admin", "u"),
            TestTokens.ops(TestEngine.PLATFORM_KEY))) {
      assertTrue(isRefused(token), token);
    }

    try (TestSocket another = client.withToken(token(OWN, OWN_KEY, "chat", "a-2")).socket(0)) {
      another.say("m-1", "echo hello");
      another.await("turn");
      assertTrue(another.frames().stream().noneMatch(holds(SECRET)));
    }
    try (TestSocket own = victim.socket(0)) {
      own.await(holds(SECRET));
    }
  }

  private static Predicate<JsonNode> holds(String text) {
    return frame -> frame.toString().contains(text);
  }

  private static boolean isRefused(String token) {
    try (TestSocket opened = client.withToken(token).socket(0)) {
      return false;
    } catch (CompletionException e) {
      return true;
    }
  }

  @Test
  void theDocumentHasEveryOperationThatThereIs() {
    Set<String> named = new TreeSet<>();
    document.get("paths").fieldNames().forEachRemaining(named::add);

    assertTrue(named.size() >= 18, named.toString());
    assertTrue(operations("adminToken").size() >= 14);
    assertTrue(operations("\"token\"").size() >= 6);
  }
}
