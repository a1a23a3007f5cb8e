package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.identity.TestTokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every frame that a client may send, by everybody whom a conversation does not concern: whatever
 * they write into it, it is their own conversation's, and nobody else's is told or changed.
 */
class FrameWallsTest {
  private static final String SECRET = "frame" + UUID.randomUUID().toString().replace("-", "");
  private static final String USER = "u-" + UUID.randomUUID();
  private static final String OWN = TestEngine.SCRIPTED;
  private static final String OWN_KEY = "scripted-token-secret-of-32-bytes-or-more";
  private static final String OTHER_KEY = "harbor-demo-token-secret-of-32-bytes-or-more";

  private static FengdaClient client;
  private static Customer victim;
  private static JsonNode before;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    victim = client.customer(OWN, USER);
    assertEquals(200, victim.say("m-1", "echo " + SECRET).status());
    before = victim.history();
  }

  /** Another customer; the same name at another tenant; the same in another conversation's name. */
  private static List<Customer> others() {
    return List.of(
        client.customer(OWN, "other-" + UUID.randomUUID()),
        client.withToken(
            TestTokens.of("harbor", Instant.now())
                .by(OTHER_KEY, claims -> claims.subject(USER).claim("scope", "chat"))),
        client.withToken(
            TestTokens.of(OWN, Instant.now())
                .by(OWN_KEY, claims -> claims.subject(USER + "-x").claim("scope", "chat"))));
  }

  private static ObjectNode frame(String type) {
    ObjectNode frame = FengdaClient.object().put("type", type);
    return type.equals("send") ? frame.put("messageId", "m-1").put("text", "hello") : frame;
  }

  @ParameterizedTest
  @ValueSource(strings = {"send", "stop", "ping"})
  void isTheSendersOwnConversations(String type) {
    for (Customer other : others()) {
      try (TestSocket socket = other.socket(0)) {
        socket.send(frame(type).toString());
        socket.send(frame("ping").toString());
        socket.await("pong");
        if (type.equals("send")) {
          JsonNode accepted = socket.await("accepted");
          assertEquals(1, accepted.get("seq").asLong(), accepted::toString);
          assertEquals(false, accepted.get("duplicate").asBoolean(), accepted::toString);
          socket.await("turn");
        }
        assertTrue(socket.frames().stream().noneMatch(FrameWallsTest::tells), type);
      }
    }
    assertEquals(before, victim.history());
  }

  @ParameterizedTest
  @ValueSource(strings = {"send", "stop", "ping"})
  void canNameNobodyElses(String type) {
    List<String> names =
        List.of("conversationId", "conversation", "tenantId", "tenant_id", "customerId", "sub");
    List<String> faults = new ArrayList<>();
    for (Customer other : others()) {
      try (TestSocket socket = other.socket(0)) {
        for (String name : names) {
          int answers = socket.frames("rejected").size();
          socket.send(frame(type).put(name, USER).toString());
          socket.await(any -> socket.frames("rejected").size() > answers && any.has("problem"));
        }
        assertEquals(List.of(), socket.frames("accepted"));
        socket.frames().stream()
            .filter(FrameWallsTest::tells)
            .forEach(told -> faults.add(type + ": " + told));
      }
    }
    assertEquals(List.of(), faults);
    assertEquals(before, victim.history());
  }

  @Test
  void aPositionOfSomebodyElsesBringsNothing() {
    for (Customer other : others()) {
      try (TestSocket socket = other.socket(1)) {
        socket.send(frame("ping").toString());
        socket.await("pong");
        assertTrue(socket.frames().stream().noneMatch(FrameWallsTest::tells));
      }
    }
  }

  private static boolean tells(JsonNode frame) {
    return frame.toString().contains(SECRET);
  }
}
