package io.fengda.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketRoute;
import io.fengda.FengdaClient;
import io.fengda.TestEngine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code fengda-client.js} alone, in a browser, without our page: sessions are the real engine's; a
 * scripted engine speaks the frames that a real one speaks too rarely.
 */
class ClientModuleTest {
  private Visitor visitor;
  private Page page;
  private final List<WebSocketRoute> sockets = new ArrayList<>();
  private final List<JsonNode> sent = new ArrayList<>();

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
  }

  @BeforeEach
  void open() {
    visitor = Visitor.of("en-US");
    page = visitor.open(base() + "favicon.svg").page();
  }

  @AfterEach
  void close() {
    visitor.close();
  }

  @Test
  void aCustomerOfTheTenantsOwnServerChats() {
    start(
        "{token: async () => '%s'}"
            .formatted(TestEngine.get().client().customer(TestEngine.PAGES).token()));
    run("client.send('by my own token')");

    assertEquals("echo: by my own token", await("message", 2).at("/message/text").asText());
    assertEquals(1, events("accepted").getFirst().get("seq").asLong());
    assertEquals("answer", await("turn", 1).get("outcome").asText());
    assertEquals("[]", run("client.pending").toString());
    assertEquals(2, run("client.lastSeq").asLong());
  }

  @Test
  void aTokenThatIsRefusedIsAskedForAgain() {
    String good = TestEngine.get().client().customer(TestEngine.PAGES).token();
    String bad = good.substring(0, good.length() - 6) + "AAAAAA";
    start(
        "{token: async () => (globalThis.asked = (globalThis.asked ?? 0) + 1) > 1 ? '%s' : '%s'}"
            .formatted(good, bad));

    awaitState("open");
    assertEquals(2, run("globalThis.asked").asInt());
  }

  @Test
  void aRefusalForGoodEndsTheTrying() {
    start("{key: 'nobodys-key'}");

    JsonNode closed = awaitState("closed");

    assertEquals("unauthenticated", closed.at("/problem/code").asText());
  }

  @Test
  void aTokenThatWillNeverDoEndsTheTrying() {
    start("{token: async () => 'not.a.token'}");

    assertEquals("unauthenticated", awaitState("closed").at("/problem/code").asText());
  }

  @Test
  void aBrowserThatKeepsNothingChats() {
    page.evaluate(
        """
        () => {
          Storage.prototype.setItem = () => { throw new DOMException('denied', 'SecurityError'); };
          navigator.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError'));
        }
        """);
    start(GUEST);
    awaitState("open");
    run("client.send('kept nowhere')");

    assertEquals("echo: kept nowhere", await("message", 2).at("/message/text").asText());
  }

  @Test
  void whatWaitsBehindARefusalKeepsItsPlace() {
    script();
    start(GUEST);
    awaitState("open");
    String first = run("client.send('first')").asText();
    awaitSent(1);
    tell(
        "{'type':'rejected','messageId':'%s','problem':{'code':'overloaded','retryable':true}}"
            .formatted(first));
    awaitThat(() -> run("client.pending").size() == 1);
    run("client.send('second')");

    awaitSent(3);

    assertEquals(
        List.of("first", "first", "second"),
        sent.stream().map(frame -> frame.get("text").asText()).toList());
  }

  @Test
  void whatCanNotBeSentIsRefusedAtOnce() {
    start(GUEST);

    for (String text : List.of("''", "' \\n'", "'字'.repeat(2731)")) {
      assertEquals(
          "RangeError",
          run("(() => { try { client.send(" + text + ") } catch (e) { return e.name } })()")
              .asText());
    }
    assertEquals(
        "TypeError",
        run("(() => { try { new FengdaClient({}) } catch (e) { return e.name } })()").asText());
  }

  @Test
  void aDeltaIsTheWholeTextSoFarAndAnotherAttemptStartsAnew() {
    script();
    start(GUEST);
    awaitState("open");

    tell("{'type':'delta','replyTo':1,'attempt':'a','offset':0,'text':'蜂🐝'}");
    tell("{'type':'delta','replyTo':1,'attempt':'a','offset':2,'text':'答'}");
    tell("{'type':'delta','replyTo':1,'attempt':'a','offset':2,'text':'答!'}");
    tell("{'type':'delta','replyTo':1,'attempt':'a','offset':9,'text':'gap'}");
    tell("{'type':'delta','replyTo':1,'attempt':'b','offset':0,'text':'anew'}");
    tell("{'type':'delta','replyTo':1,'attempt':'b','offset':4,'text':'.'}");

    var unused = await("delta", 5);
    assertEquals(
        List.of("蜂🐝 true", "蜂🐝答 false", "蜂🐝答! false", "anew true", "anew. false"),
        events("delta").stream()
            .map(delta -> delta.get("text").asText() + " " + delta.get("restarted"))
            .toList());
  }

  @Test
  void aMessageIsToldOnceAndAResumeGoesOnBehindIt() {
    script();
    start(GUEST);
    awaitState("open");
    tell(message(1));
    tell(message(2));
    tell(message(2));
    tell(message(1));

    sockets.getLast().close();

    awaitSockets(2);
    assertTrue(sockets.getLast().url().endsWith("after=2"), sockets.getLast().url());
    assertEquals(2, events("message").size());
  }

  @Test
  void aMessageWhoseReceiptIsLostIsSaidOnce() {
    AtomicBoolean deaf = new AtomicBoolean();
    page.routeWebSocket(
        url -> url.contains("/ws"),
        socket -> {
          sockets.add(socket);
          boolean first = sockets.size() == 1;
          WebSocketRoute engine = socket.connectToServer();
          engine.onMessage(
              frame -> {
                if (!(first && deaf.get())) {
                  socket.send(frame.text());
                }
              });
        });
    page.reload();
    start(GUEST);
    awaitState("open");
    deaf.set(true);
    String id = run("client.send('said once')").asText();
    awaitThat(() -> TestEngine.get().vendor().requestsAsking("said once").size() == 1);

    sockets.getFirst().close();

    assertEquals("echo: said once", await("message", 2).at("/message/text").asText());
    assertEquals(id, events("message").getFirst().at("/message/messageId").asText());
    awaitThat(() -> !events("accepted").isEmpty());
    assertTrue(events("accepted").getFirst().get("duplicate").asBoolean());
    assertEquals(1, TestEngine.get().vendor().requestsAsking("said once").size());
    assertEquals("[]", run("client.pending").toString());
  }

  @Test
  void whatOneCustomerHasNotSentIsNotSentByAnother() {
    String first = TestEngine.get().client().customer(TestEngine.PAGES, "u1").token();
    String second = TestEngine.get().client().customer(TestEngine.PAGES, "u1.main").token();
    script();
    start("{token: async () => '%s'}".formatted(first));
    awaitState("open");
    run("client.send('mine alone')");
    awaitSent(1);
    run("client.close()");

    start("{token: async () => '%s'}".formatted(second));
    awaitState("open");
    assertEquals("[]", run("client.pending").toString());
    run("client.close()");
    start("{token: async () => '%s'}".formatted(first));

    awaitSent(2);
    assertEquals("mine alone", sent.get(1).get("text").asText());
  }

  @Test
  void aTokenWhoseTimeIsOverIsRenewedAndTheGuestStaysTheSame() {
    script();
    start(GUEST);
    awaitState("open");
    JsonNode before = run("localStorage['fengda.token.pages-public-key']");
    page.waitForTimeout(1_100);

    tell("{'type':'closing','reason':'expired','reconnect':true,'retryAfterMs':0}");
    sockets.getLast().close();

    awaitSockets(2);
    awaitState("open");
    JsonNode after = run("localStorage['fengda.token.pages-public-key']");
    assertNotEquals(before, after);
    assertEquals(customer(before), customer(after));
    assertEquals(0, events("cleared").size());
  }

  private static JsonNode customer(JsonNode token) {
    String claims = token.asText().split("\\.", -1)[1];
    return FengdaClient.parse(
            new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
        .get("sub");
  }

  @Test
  void anErasureTellsToForgetAndTheLogGoesOn() {
    script();
    start(GUEST);
    awaitState("open");
    tell(message(1));
    tell("{'type':'erased','firstSeq':4}");
    tell(message(4));

    assertEquals(4, await("message", 2).at("/message/seq").asLong());
    tell("{'type':'erased','firstSeq':4}");
    tell(message(5));
    assertEquals(5, await("message", 3).at("/message/seq").asLong());
    assertEquals(1, events("cleared").size());
  }

  @Test
  void itComesBackWhenItIsToldToAndStaysAwayWhenItIsNot() {
    script();
    start(GUEST);
    awaitState("open");
    tell("{'type':'closing','reason':'draining','reconnect':true,'retryAfterMs':1500}");
    sockets.getLast().close();
    JsonNode waiting = awaitState("waiting");
    assertTrue(waiting.get("retryInMillis").asLong() >= 1_500, waiting.toString());
    awaitSockets(2);
    awaitState("open");

    tell("{'type':'closing','reason':'forbidden','reconnect':false,'retryAfterMs':0}");
    sockets.getLast().close();

    assertEquals("forbidden", awaitState("closed").at("/problem/code").asText());
    page.waitForTimeout(1_500);
    assertEquals(2, sockets.size());
    assertEquals("closed", run("client.state").asText());
  }

  @Test
  void whatIsRefusedForNowIsSentAgainUnderTheSameIdAndFailsInTheEnd() {
    script();
    visitor.context().clock().install();
    start(GUEST);
    awaitState("open");
    String id = run("client.send('again and again')").asText();
    for (int tries = 1; tries <= 4; tries++) {
      awaitSent(tries);
      assertEquals(id, sent.get(tries - 1).get("messageId").asText());
      tell(
          "{'type':'rejected','messageId':'%s','problem':{'code':'overloaded','retryable':true}}"
              .formatted(id));
      page.waitForTimeout(100);
      visitor.context().clock().runFor(9_000);
    }

    assertEquals(id, await("failed", 1).get("messageId").asText());
    run("client.retry('" + id + "')");
    awaitSent(5);
    assertEquals(id, sent.get(4).get("messageId").asText());
  }

  private static final String GUEST = "{key: 'pages-public-key'}";

  private static String base() {
    return "http://127.0.0.1:%d/".formatted(TestEngine.get().httpPort());
  }

  /** From now on this test is the engine's side of the socket. */
  private void script() {
    page.routeWebSocket(
        url -> url.contains("/ws"),
        socket -> {
          sockets.add(socket);
          socket.onMessage(frame -> sent.add(FengdaClient.parse(frame.text())));
        });
    page.reload();
  }

  private void start(String options) {
    page.evaluate(
        """
        async (url) => {
          const {FengdaClient} = await import(url + 'fengda-client.js');
          globalThis.FengdaClient = FengdaClient;
          globalThis.client = new FengdaClient(%s);
          globalThis.events = [];
          for (const type of ['state', 'pending', 'accepted', 'failed', 'discarded', 'message', 'delta',
            'turn', 'cleared']) {
            client.addEventListener(type, ({detail}) => events.push({type, ...detail}));
          }
          client.open();
        }
        """
            .formatted(options),
        base());
  }

  private JsonNode run(String expression) {
    return FengdaClient.parse(
        page.evaluate("() => JSON.stringify(" + expression + ") ?? 'null'").toString());
  }

  private void tell(String frame) {
    sockets.getLast().send(frame.replace('\'', '"'));
  }

  private static String message(int seq) {
    return ("{'type':'message','message':{'seq':%d,'messageId':'m-%d','role':'customer','text':'x',"
            + "'createdAt':'2026-11-22T09:30:00Z','outcome':'answer'}}")
        .formatted(seq, seq);
  }

  private List<JsonNode> events(String type) {
    List<JsonNode> all = new ArrayList<>();
    run("events.filter((event) => event.type === '" + type + "')").forEach(all::add);
    return all;
  }

  private JsonNode await(String type, int count) {
    awaitThat(() -> events(type).size() >= count);
    return events(type).get(count - 1);
  }

  private JsonNode awaitState(String state) {
    Predicate<JsonNode> is = event -> event.get("state").asText().equals(state);
    awaitThat(() -> is.test(events("state").getLast()));
    return events("state").getLast();
  }

  private void awaitSockets(int count) {
    awaitThat(() -> sockets.size() == count);
  }

  private void awaitSent(int count) {
    awaitThat(() -> sent.size() == count);
  }

  /** Playwright's handlers run only while it is asked something. */
  private void awaitThat(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              page.waitForTimeout(20);
              return condition.call();
            });
  }
}
