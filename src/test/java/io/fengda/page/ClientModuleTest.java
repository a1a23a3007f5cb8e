package io.fengda.page;

import static io.fengda.page.ModulePage.GUEST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.WebSocketRoute;
import io.fengda.TestEngine;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code fengda-client.js} alone, in a browser, with the real engine. */
class ClientModuleTest {
  private ModulePage module;

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
  }

  @BeforeEach
  void open() {
    module = ModulePage.open();
  }

  @AfterEach
  void close() {
    module.close();
  }

  @Test
  void aCustomerOfTheTenantsOwnServerChats() {
    module.start(
        "{token: async () => '%s'}"
            .formatted(TestEngine.get().client().customer(TestEngine.PAGES).token()));
    module.run("client.send('by my own token')");

    assertEquals("echo: by my own token", module.await("message", 2).at("/message/text").asText());
    assertEquals(1, module.events("accepted").getFirst().get("seq").asLong());
    assertEquals("answer", module.await("turn", 1).get("outcome").asText());
    assertEquals("[]", module.run("client.pending").toString());
    assertEquals(2, module.run("client.lastSeq").asLong());
  }

  @Test
  void aTokenThatIsRefusedIsAskedForAgain() {
    String good = TestEngine.get().client().customer(TestEngine.PAGES).token();
    String bad = good.substring(0, good.length() - 6) + "AAAAAA";
    module.start(
        "{token: async () => (globalThis.asked = (globalThis.asked ?? 0) + 1) > 1 ? '%s' : '%s'}"
            .formatted(good, bad));

    module.awaitState("open");
    assertEquals(2, module.run("globalThis.asked").asInt());
  }

  @Test
  void aRefusalForGoodEndsTheTrying() {
    module.start("{key: 'nobodys-key'}");

    JsonNode closed = module.awaitState("closed");

    assertEquals("unauthenticated", closed.at("/problem/code").asText());
  }

  @Test
  void aTokenThatWillNeverDoEndsTheTrying() {
    module.start("{token: async () => 'not.a.token'}");

    assertEquals("unauthenticated", module.awaitState("closed").at("/problem/code").asText());
  }

  @Test
  void aBrowserThatKeepsNothingChats() {
    module
        .page()
        .evaluate(
            """
            () => {
              Storage.prototype.setItem = () => { throw new DOMException('denied', 'SecurityError'); };
              navigator.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError'));
            }
            """);
    module.start(GUEST);
    module.awaitState("open");
    module.run("client.send('kept nowhere')");

    assertEquals("echo: kept nowhere", module.await("message", 2).at("/message/text").asText());
  }

  @Test
  void whatCanNotBeSentIsRefusedAtOnce() {
    module.start(GUEST);

    for (String text : List.of("''", "' \\n'", "'字'.repeat(2731)")) {
      assertEquals(
          "RangeError",
          module
              .run("(() => { try { client.send(" + text + ") } catch (e) { return e.name } })()")
              .asText());
    }
    assertEquals(
        "TypeError",
        module
            .run("(() => { try { new FengdaClient({}) } catch (e) { return e.name } })()")
            .asText());
  }

  @Test
  void aMessageWhoseReceiptIsLostIsSaidOnce() {
    AtomicBoolean deaf = new AtomicBoolean();
    module
        .page()
        .routeWebSocket(
            url -> url.contains("/ws"),
            socket -> {
              module.sockets().add(socket);
              boolean first = module.sockets().size() == 1;
              WebSocketRoute engine = socket.connectToServer();
              engine.onMessage(
                  frame -> {
                    if (!(first && deaf.get())) {
                      socket.send(frame.text());
                    }
                  });
            });
    module.page().reload();
    module.start(GUEST);
    module.awaitState("open");
    deaf.set(true);
    String id = module.run("client.send('said once')").asText();
    module.awaitThat(() -> TestEngine.get().vendor().requestsAsking("said once").size() == 1);

    module.sockets().getFirst().close();

    assertEquals("echo: said once", module.await("message", 2).at("/message/text").asText());
    assertEquals(id, module.events("message").getFirst().at("/message/messageId").asText());
    module.awaitThat(() -> !module.events("accepted").isEmpty());
    assertTrue(module.events("accepted").getFirst().get("duplicate").asBoolean());
    assertEquals(1, TestEngine.get().vendor().requestsAsking("said once").size());
    assertEquals("[]", module.run("client.pending").toString());
  }
}
