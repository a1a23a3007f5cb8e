package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every boundary of the wire gets a clear answer to bad input, and nothing is lost by it. */
class BadInputTest {
  private static final String MESSAGES = "/v1/conversations/main/messages";
  private static FengdaClient client;
  private static Customer customer;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    customer = client.customer(TestEngine.SCRIPTED);
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of("not JSON", "{", 400, "malformed-json", ""),
        Arguments.of("trailing tokens", "{\"text\":\"a\"} x", 400, "malformed-json", ""),
        Arguments.of(
            "a repeated field", "{\"text\":\"a\",\"text\":\"b\"}", 400, "malformed-json", ""),
        Arguments.of("nothing", "", 400, "invalid-field", ""),
        Arguments.of("an array", "[]", 400, "invalid-field", ""),
        Arguments.of(
            "an unknown field", "{\"text\":\"a\",\"x/y\":1}", 400, "invalid-field", "/x~1y"),
        Arguments.of(
            "an image",
            "{\"kind\":\"image\",\"text\":\"a.png\"}",
            422,
            "kind-not-answered",
            "/kind"),
        Arguments.of("a voice message", "{\"kind\":\"voice\"}", 422, "kind-not-answered", "/kind"),
        Arguments.of("an odd kind", "{\"kind\":\"smell\"}", 400, "invalid-field", "/kind"),
        Arguments.of("no text", "{}", 400, "invalid-field", "/text"),
        Arguments.of("a number as text", "{\"text\":1}", 400, "invalid-field", "/text"),
        Arguments.of("an empty text", "{\"text\":\"\"}", 400, "invalid-field", "/text"),
        Arguments.of("a blank text", "{\"text\":\" \\n\"}", 400, "invalid-field", "/text"),
        Arguments.of("a lone surrogate", "{\"text\":\"\\ud83d\"}", 400, "invalid-field", "/text"),
        Arguments.of("a NUL", "{\"text\":\"a\\u0000\"}", 400, "invalid-field", "/text"),
        Arguments.of("an escape", "{\"text\":\"a\\u001b[2J\"}", 400, "invalid-field", "/text"),
        Arguments.of(
            "a bad id",
            "{\"messageId\":\"a b\",\"text\":\"a\"}",
            400,
            "invalid-field",
            "/messageId"),
        Arguments.of(
            "an empty id",
            "{\"messageId\":\"\",\"text\":\"a\"}",
            400,
            "invalid-field",
            "/messageId"),
        Arguments.of("deep nesting", "[".repeat(5_000), 400, "malformed-json", ""),
        Arguments.of(
            "9 KiB of text",
            "{\"text\":\"" + "x".repeat(9 * 1024) + "\"}",
            413,
            "text-too-long",
            "/text"),
        Arguments.of(
            "8 KiB and a byte in Chinese",
            "{\"text\":\"" + "蜂".repeat(2_731) + "\"}",
            413,
            "text-too-long",
            "/text"),
        Arguments.of(
            "65 KiB", "{\"text\":\"" + "x".repeat(65 * 1024) + "\"}", 413, "body-too-large", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void aBodyThatIsNotAMessageIsRefused(
      String what, String body, int status, String code, String pointer) {
    Reply reply = customer.post(MESSAGES, "application/json", body);

    assertProblem(reply, status, code);
    assertEquals(pointer, reply.json().path("pointer").asText());
    assertEquals(404, customer.get(MESSAGES).status(), "something was stored");
  }

  @Test
  void aTextOfExactlyEightKibibytesIsAccepted() {
    Customer other = client.customer(TestEngine.SCRIPTED);

    Reply reply = other.say("m-1", "蜂".repeat(2_730) + "xx");

    assertEquals(200, reply.status());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nowhere, 404, not-found",
    "GET, /v1/conversations/main, 405, method-not-allowed",
    "DELETE, /v1/conversations/no%20name, 404, not-found",
    "GET, /v1/conversations/no%20name/messages, 404, not-found",
    "GET, /v1/conversations/harbor:u-1:main/messages, 404, not-found",
    "GET, /v1/conversations/never-used/messages, 404, not-found",
    "GET, /v1/conversations/main/messages?after=-1, 400, invalid-parameter",
    "GET, /v1/conversations/main/messages?after=x, 400, invalid-parameter",
    "GET, /v1/conversations/main/messages?limit=0, 400, invalid-parameter",
    "GET, /v1/conversations/main/messages?limit=201, 400, invalid-parameter",
    "GET, /v1/conversations/main/events?after=x, 400, invalid-parameter",
    "GET, /v1/conversations/main/ws, 400, invalid-request",
    "PUT, /v1/conversations/main/messages, 405, method-not-allowed",
    "GET, /v1/sessions, 405, method-not-allowed",
    "DELETE, /v1/conversations/main/stop, 405, method-not-allowed",
  })
  void aRequestForWhatIsNotThereIsRefused(String method, String path, int status, String code) {
    Reply reply =
        client.send(customer.request(path).method(method, BodyPublishers.noBody()).build());

    assertProblem(reply, status, code);
  }

  @Test
  void anotherMediaTypeIsRefused() {
    assertProblem(customer.post(MESSAGES, "text/plain", "hello"), 415, "unsupported-media-type");
  }

  @Test
  void aBodyThatNeverEndsIsGivenUp() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), TestEngine.get().httpPort())) {
      String head =
          "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"text\":"
              .formatted(MESSAGES, customer.token());
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.flush();
      socket.setSoTimeout(10_000);
      InputStream in = socket.getInputStream();

      String answer = new String(in.readNBytes(12), StandardCharsets.UTF_8);

      assertEquals("HTTP/1.1 408", answer);
    }
  }

  @Test
  void aChunkedBodyThatIsTooLargeIsRefusedBeforeItEnds() {
    Reply reply =
        client.send(
            customer
                .request(MESSAGES)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[200_000])))
                .build());

    assertProblem(reply, 413, "body-too-large");
  }

  static Stream<Arguments> tokens() throws Exception {
    String other = "beeshop-demo-token-secret-of-32-bytes-or-more";
    return Stream.of(
        Arguments.of("none", ""),
        Arguments.of("garbage", "a.b.c"),
        Arguments.of("too long", "x".repeat(5_000)),
        Arguments.of("unsigned", new PlainJWT(claims().build()).serialize()),
        Arguments.of("another tenant's key", signed(other, JWSAlgorithm.HS256, c -> {})),
        Arguments.of(
            "unknown tenant",
            signed(secret(), JWSAlgorithm.HS256, c -> c.claim("tenant_id", "nobody"))),
        Arguments.of(
            "no tenant", signed(secret(), JWSAlgorithm.HS256, c -> c.claim("tenant_id", null))),
        Arguments.of(
            "expired", signed(secret(), JWSAlgorithm.HS256, c -> c.expirationTime(in(-60)))),
        Arguments.of(
            "no expiry", signed(secret(), JWSAlgorithm.HS256, c -> c.expirationTime(null))),
        Arguments.of(
            "not yet valid", signed(secret(), JWSAlgorithm.HS256, c -> c.notBeforeTime(in(60)))),
        Arguments.of("other audience", signed(secret(), JWSAlgorithm.HS256, c -> c.audience("x"))),
        Arguments.of(
            "other issuer", signed(secret(), JWSAlgorithm.HS256, c -> c.issuer("beeshop"))),
        Arguments.of("no customer", signed(secret(), JWSAlgorithm.HS256, c -> c.subject(null))),
        Arguments.of("bad customer", signed(secret(), JWSAlgorithm.HS256, c -> c.subject("a:b"))),
        Arguments.of(
            "numeric tenant", signed(secret(), JWSAlgorithm.HS256, c -> c.claim("tenant_id", 7))),
        Arguments.of("HS384", signed("x".repeat(48), JWSAlgorithm.HS384, c -> {})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokens")
  void aTokenThatIsNotValidIsRefused(String what, String token) {
    Reply reply = client.withToken(token).get(MESSAGES);

    assertProblem(reply, 401, "unauthenticated");
    assertEquals("Bearer", reply.header("WWW-Authenticate"));
  }

  @Test
  void aTokenOfTheTenantsOwnIsTakenAndOneWithoutTheScopeIsForbidden() throws Exception {
    Customer own = client.withToken(signed(secret(), JWSAlgorithm.HS256, c -> {}));
    assertEquals(404, own.get(MESSAGES).status());

    Customer admin =
        client.withToken(signed(secret(), JWSAlgorithm.HS256, c -> c.claim("scope", "admin")));
    assertProblem(admin.get(MESSAGES), 403, "forbidden");

    Customer bound =
        client.withToken(
            signed(secret(), JWSAlgorithm.HS256, c -> c.claim("conversation_id", "other")));
    assertProblem(bound.post(MESSAGES, "application/json", "{\"text\":\"a\"}"), 404, "not-found");
  }

  @Test
  void aPublishableKeyGetsGuestsOnlyAndCanRenewThem() {
    Reply guest = client.session("scripted-public-key", FengdaClient.object());
    assertEquals(201, guest.status());
    String userId = guest.json().get("userId").asText();
    assertTrue(userId.startsWith("guest-"), userId);
    assertEquals("main", guest.json().get("conversationId").asText());

    Reply renewed =
        client.session(
            "scripted-public-key",
            FengdaClient.object().put("renew", guest.json().get("token").asText()));
    assertEquals(userId, renewed.json().get("userId").asText());

    assertProblem(
        client.session("scripted-public-key", FengdaClient.object().put("userId", "u-1")),
        403,
        "forbidden");
    assertProblem(
        client.session(
            "harbor-public-key",
            FengdaClient.object().put("renew", guest.json().get("token").asText())),
        401,
        "unauthenticated");
    assertProblem(
        client.session("scripted-public-key", FengdaClient.object().put("renew", customer.token())),
        403,
        "forbidden");
  }

  @Test
  void aSessionIsRefusedWithoutAKeyOrForACustomerThatCanNotBe() {
    assertProblem(client.session("wrong", FengdaClient.object()), 401, "unauthenticated");
    assertProblem(
        client.session("scripted-demo-key", FengdaClient.object().put("userId", "a b")),
        400,
        "invalid-field");
    assertProblem(
        client.session("scripted-demo-key", FengdaClient.object().put("user", "a")),
        400,
        "invalid-field");
  }

  @Test
  void aCustomerCanNotSeeAnothersConversation() {
    Customer one = client.customer(TestEngine.SCRIPTED);
    Customer other = client.customer(TestEngine.SCRIPTED);
    one.say("my secret");

    assertEquals(404, other.get(MESSAGES).status());
    assertEquals(404, client.customer("harbor").get(MESSAGES).status());
  }

  @Test
  void aTenantAboveItsQuotaIsRefusedWithTheTimeToComeBack() {
    Customer tiny = client.customer(TestEngine.TINY);

    Reply reply =
        Stream.generate(() -> tiny.post(MESSAGES, "application/json", "{"))
            .limit(50)
            .filter(each -> each.status() == 429)
            .findFirst()
            .orElseThrow();

    assertProblem(reply, 429, "quota-exceeded");
    assertEquals("1", reply.header("Retry-After"));
    assertEquals("\"messages\";q=5;w=1", reply.header("RateLimit-Policy"));
    assertTrue(reply.header("RateLimit").startsWith("\"messages\";r=0;t="), "RateLimit");
  }

  private static void assertProblem(Reply reply, int status, String code) {
    assertEquals(status, reply.status(), reply.raw().body());
    assertEquals("application/problem+json", reply.header("Content-Type").split(";", -1)[0]);
    JsonNode problem = reply.json();
    assertEquals(code, problem.get("code").asText());
    assertEquals(status, problem.get("status").asInt());
    assertFalse(problem.get("title").asText().isBlank());
    assertEquals(32, problem.get("traceId").asText().length());
    assertTrue(problem.get("type").asText().endsWith(code));
    assertTrue(problem.has("retryable"));
    assertTrue(problem.has("detail"));
  }

  private static String secret() {
    return "scripted-token-secret-of-32-bytes-or-more";
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(TestEngine.SCRIPTED)
        .audience("fengda")
        .subject("u-own")
        .claim("tenant_id", TestEngine.SCRIPTED)
        .claim("scope", "chat")
        .issueTime(in(-1))
        .expirationTime(in(60));
  }

  private static String signed(
      String secret, JWSAlgorithm algorithm, Consumer<JWTClaimsSet.Builder> change)
      throws Exception {
    JWTClaimsSet.Builder claims = claims();
    change.accept(claims);
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).build(), claims.build());
    jwt.sign(new MACSigner(secret));
    return jwt.serialize();
  }

  private static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }
}
