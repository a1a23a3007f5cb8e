package io.fengda.page;

import static io.fengda.page.ModulePage.GUEST;
import static io.fengda.page.ModulePage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient;
import io.fengda.TestEngine;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code fengda-client.js} and the frames that a real engine sends too rarely, from a scripted one.
 */
class ClientFramesTest {
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
  void whatWaitsBehindARefusalKeepsItsPlace() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");
    String first = module.run("client.send('first')").asText();
    module.awaitSent(1);
    module.tell(
        "{'type':'rejected','messageId':'%s','problem':{'code':'overloaded','retryable':true}}"
            .formatted(first));
    module.awaitThat(() -> module.run("client.pending").size() == 1);
    module.run("client.send('second')");

    module.awaitSent(3);

    assertEquals(
        List.of("first", "first", "second"),
        module.sent().stream().map(frame -> frame.get("text").asText()).toList());
  }

  @Test
  void aDeltaIsTheWholeTextSoFarAndAnotherAttemptStartsAnew() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");

    module.tell("{'type':'delta','replyTo':1,'attempt':'a','offset':0,'text':'蜂🐝'}");
    module.tell("{'type':'delta','replyTo':1,'attempt':'a','offset':2,'text':'答'}");
    module.tell("{'type':'delta','replyTo':1,'attempt':'a','offset':2,'text':'答!'}");
    module.tell("{'type':'delta','replyTo':1,'attempt':'a','offset':9,'text':'gap'}");
    module.tell("{'type':'delta','replyTo':1,'attempt':'b','offset':0,'text':'anew'}");
    module.tell("{'type':'delta','replyTo':1,'attempt':'b','offset':4,'text':'.'}");

    var unused = module.await("delta", 5);
    assertEquals(
        List.of("蜂🐝 true", "蜂🐝答 false", "蜂🐝答! false", "anew true", "anew. false"),
        module.events("delta").stream()
            .map(delta -> delta.get("text").asText() + " " + delta.get("restarted"))
            .toList());
  }

  @Test
  void aMessageIsToldOnceAndAResumeGoesOnBehindIt() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");
    module.tell(message(1));
    module.tell(message(2));
    module.tell(message(2));
    module.tell(message(1));

    module.sockets().getLast().close();

    module.awaitSockets(2);
    assertTrue(
        module.sockets().getLast().url().endsWith("after=2"), module.sockets().getLast().url());
    assertEquals(2, module.events("message").size());
  }

  @Test
  void whatOneCustomerHasNotSentIsNotSentByAnother() {
    String first = TestEngine.get().client().customer(TestEngine.PAGES, "u1").token();
    String second = TestEngine.get().client().customer(TestEngine.PAGES, "u1.main").token();
    module.script();
    module.start("{token: async () => '%s'}".formatted(first));
    module.awaitState("open");
    module.run("client.send('mine alone')");
    module.awaitSent(1);
    module.run("client.close()");

    module.start("{token: async () => '%s'}".formatted(second));
    module.awaitState("open");
    assertEquals("[]", module.run("client.pending").toString());
    module.run("client.close()");
    module.start("{token: async () => '%s'}".formatted(first));

    module.awaitSent(2);
    assertEquals("mine alone", module.sent().get(1).get("text").asText());
  }

  @Test
  void aTokenWhoseTimeIsOverIsRenewedAndTheGuestStaysTheSame() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");
    JsonNode before = module.run("localStorage['fengda.token.pages-public-key']");
    module.page().waitForTimeout(1_100);

    module.tell("{'type':'closing','reason':'expired','reconnect':true,'retryAfterMs':0}");
    module.sockets().getLast().close();

    module.awaitSockets(2);
    module.awaitState("open");
    JsonNode after = module.run("localStorage['fengda.token.pages-public-key']");
    assertNotEquals(before, after);
    assertEquals(customer(before), customer(after));
    assertEquals(0, module.events("cleared").size());
  }

  @Test
  void anErasureTellsToForgetAndTheLogGoesOn() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");
    module.tell(message(1));
    module.tell("{'type':'erased','firstSeq':4}");
    module.tell(message(4));

    assertEquals(4, module.await("message", 2).at("/message/seq").asLong());
    module.tell("{'type':'erased','firstSeq':4}");
    module.tell(message(5));
    assertEquals(5, module.await("message", 3).at("/message/seq").asLong());
    assertEquals(1, module.events("cleared").size());
  }

  @Test
  void itComesBackWhenItIsToldToAndStaysAwayWhenItIsNot() {
    module.script();
    module.start(GUEST);
    module.awaitState("open");
    module.tell("{'type':'closing','reason':'draining','reconnect':true,'retryAfterMs':1500}");
    module.sockets().getLast().close();
    JsonNode waiting = module.awaitState("waiting");
    assertTrue(waiting.get("retryInMillis").asLong() >= 1_500, waiting.toString());
    module.awaitSockets(2);
    module.awaitState("open");

    module.tell("{'type':'closing','reason':'forbidden','reconnect':false,'retryAfterMs':0}");
    module.sockets().getLast().close();

    assertEquals("forbidden", module.awaitState("closed").at("/problem/code").asText());
    module.page().waitForTimeout(1_500);
    assertEquals(2, module.sockets().size());
    assertEquals("closed", module.run("client.state").asText());
  }

  @Test
  void whatIsRefusedForNowIsSentAgainUnderTheSameIdAndFailsInTheEnd() {
    module.script();
    module.visitor().context().clock().install();
    module.start(GUEST);
    module.awaitState("open");
    String id = module.run("client.send('again and again')").asText();
    for (int tries = 1; tries <= 4; tries++) {
      module.awaitSent(tries);
      assertEquals(id, module.sent().get(tries - 1).get("messageId").asText());
      module.tell(
          "{'type':'rejected','messageId':'%s','problem':{'code':'overloaded','retryable':true}}"
              .formatted(id));
      module.page().waitForTimeout(100);
      module.visitor().context().clock().runFor(9_000);
    }

    assertEquals(id, module.await("failed", 1).get("messageId").asText());
    module.run("client.retry('" + id + "')");
    module.awaitSent(5);
    assertEquals(id, module.sent().get(4).get("messageId").asText());
  }

  private static JsonNode customer(JsonNode token) {
    String claims = token.asText().split("\\.", -1)[1];
    return FengdaClient.parse(
            new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
        .get("sub");
  }
}
