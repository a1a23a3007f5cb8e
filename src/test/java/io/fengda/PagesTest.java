package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages are given: files, how a tenant presents itself, and who may call from where. */
class PagesTest {
  private static TestEngine engine;
  private static FengdaClient client;
  private static String shop = "";

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
    shop = "http://localhost:" + engine.otherSite();
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html",
    "/page.js, application/javascript",
    "/chat.css, text/css",
    "/favicon.svg, image/svg+xml",
    "/widget.js, application/javascript",
    "/integrate.html, text/html",
    "/openapi.json, application/json"
  })
  void aFileHasItsTypeAndAStrictPolicyAndIsNotSentTwice(String path, String type) {
    Reply first = client.send(client.request(path).GET().build());
    Reply again =
        client.send(
            client.request(path).header("If-None-Match", first.header("ETag")).GET().build());

    assertEquals(200, first.status());
    assertTrue(first.header("Content-Type").startsWith(type), first.header("Content-Type"));
    String policy = first.header("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertTrue(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), policy);
    assertEquals("nosniff", first.header("X-Content-Type-Options"));
    assertEquals(304, again.status());
    assertEquals("", again.raw().body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/pages/page.js", "/page.js/", "/.env"})
  void nothingElseIsServed(String path) {
    assertEquals(404, client.send(client.request(path).GET().build()).status());
  }

  @Test
  void theTenantsThatListThemselvesAreThere() {
    JsonNode all = client.send(client.request("/v1/branding").GET().build()).json();

    assertEquals(List.of("beeshop", "harbor"), all.get("brandings").findValuesAsText("tenantId"));
    JsonNode bank = all.at("/brandings/1");
    assertEquals("harbor-public-key", bank.get("key").asText());
    assertEquals("海港银行", bank.at("/name/zh").asText());
    assertEquals(3, bank.at("/suggestions/en").size());
  }

  @Test
  void aKeyTellsOfItsOwnTenantAndASecretKeyIsNotToldAgain() {
    JsonNode own = branding("pages-demo-key").json().at("/brandings/0");

    assertEquals("pages", own.get("tenantId").asText());
    assertEquals("pages-public-key", own.get("key").asText());
    assertEquals(401, branding("nobodys").status());
  }

  @Test
  void aPageOfAnAllowedSiteMayAskAndCallAndRead() {
    Reply preflight =
        client.send(
            client
                .request("/v1/sessions")
                .header("Origin", shop)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-api-key,content-type")
                .method("OPTIONS", BodyPublishers.noBody())
                .build());
    Reply session = session("pages-public-key", shop);
    Reply refused = session("nobodys", shop);

    assertEquals(204, preflight.status());
    assertEquals(shop, preflight.header("Access-Control-Allow-Origin"));
    assertTrue(preflight.header("Access-Control-Allow-Headers").contains("X-Api-Key"));
    assertTrue(preflight.header("Access-Control-Allow-Methods").contains("DELETE"));
    assertEquals(201, session.status());
    assertEquals(List.of(shop), session.raw().headers().allValues("Access-Control-Allow-Origin"));
    assertEquals("Origin", session.header("Vary"));
    assertEquals(401, refused.status());
    assertEquals(shop, refused.header("Access-Control-Allow-Origin"));
  }

  @Test
  void aTenantThatDoesNotAllowTheSiteRefusesItsPages() {
    String token = client.customer("harbor").token();
    Reply session = session("harbor-public-key", shop);
    Reply read =
        client.send(
            client
                .withToken(token)
                .request("/v1/conversations/main/messages")
                .header("Origin", shop)
                .GET()
                .build());

    assertEquals(403, session.status());
    assertEquals("origin-not-allowed", session.json().get("code").asText());
    assertEquals(403, read.status());
    assertEquals(403, handshake("https://evil.example", token));
    assertEquals(101, handshake("http://127.0.0.1:" + engine.httpPort(), token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://localhost", "", "http://"})
  void aSiteThatNobodyAllowsIsToldNothing(String origin) {
    Reply preflight =
        client.send(
            client
                .request("/v1/sessions")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody())
                .build());

    assertEquals("", preflight.header("Access-Control-Allow-Origin"));
    assertEquals("", session("pages-public-key", origin).header("Access-Control-Allow-Origin"));
    assertEquals(403, session("pages-public-key", origin).status());
  }

  @Test
  void ourOwnPageIsNoOtherSite() {
    Reply own = session("harbor-public-key", "http://127.0.0.1:" + engine.httpPort());

    assertEquals(201, own.status());
    assertEquals("", own.header("Access-Control-Allow-Origin"));
  }

  /** The status that a WebSocket's handshake is answered with. */
  private static int handshake(String origin, String token) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.newWebSocketBuilder()
          .header("Origin", origin)
          .subprotocols("fengda.v1", "bearer." + token)
          .buildAsync(
              URI.create("ws://127.0.0.1:" + engine.httpPort() + "/v1/conversations/main/ws"),
              new WebSocket.Listener() {})
          .join()
          .abort();
      return 101;
    } catch (CompletionException e) {
      WebSocketHandshakeException refused =
          assertInstanceOf(WebSocketHandshakeException.class, e.getCause());
      return refused.getResponse().statusCode();
    }
  }

  private static Reply branding(String key) {
    return client.send(client.request("/v1/branding").header("X-Api-Key", key).GET().build());
  }

  private static Reply session(String key, String origin) {
    HttpRequest request =
        client
            .request("/v1/sessions")
            .header("X-Api-Key", key)
            .header("Origin", origin)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{}"))
            .build();
    return client.send(request);
  }
}
