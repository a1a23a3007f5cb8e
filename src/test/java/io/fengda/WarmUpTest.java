package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.fengda.telemetry.Readiness;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a node does between its start and its first customer. */
class WarmUpTest {
  private final TestEngine engine = TestEngine.get();

  @Test
  void aNodeThatIsReadyHasAnsweredTurnsOfItsOwn() throws Exception {
    assertEquals(200, management("/ready").statusCode());

    double answers =
        management("/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("fengda_turns_total{"))
            .filter(line -> line.contains("tenant=\"-fengda\"") && line.contains("kind=\"ANSWER\""))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();

    assertTrue(answers > 20, "answered turns: " + answers);
  }

  @Test
  void itsConversationsAreErased() {
    TestDatabase database = TestDatabase.at(engine.databaseUrl());
    String ofTheWarmUp =
        "SELECT count(*) FROM event_journal WHERE persistence_id LIKE"
            + " 'Conversation|-fengda:warm-up-%'";

    assertTrue(database.count(ofTheWarmUp + " AND event_ser_manifest = 'conversation-erased'") > 0);
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                database.count(
                        ofTheWarmUp
                            + " AND event_ser_manifest <> 'conversation-erased' AND NOT deleted")
                    == 0);
  }

  @Test
  void aNodeIsNotReadyBeforeItsStartIsOver() throws Exception {
    akka.actor.ActorSystem classic =
        akka.actor.ActorSystem.create("readiness", ConfigFactory.defaultReference());
    try {
      Readiness.Check check = new Readiness.Check(classic);
      assertFalse(check.get().toCompletableFuture().get());

      Readiness.of(akka.actor.typed.ActorSystem.wrap(classic)).started();

      assertTrue(check.get().toCompletableFuture().get());
    } finally {
      classic.terminate();
    }
  }

  @Test
  void aNodeThatShutsDownInTheMiddleOfItsStartIsNeverReady() throws Exception {
    akka.actor.ActorSystem classic =
        akka.actor.ActorSystem.create("unready", ConfigFactory.defaultReference());
    Readiness readiness = Readiness.of(akka.actor.typed.ActorSystem.wrap(classic));
    Readiness.Check check = new Readiness.Check(classic);
    assertFalse(check.get().toCompletableFuture().get());

    classic.terminate();
    classic.getWhenTerminated().toCompletableFuture().get();
    readiness.started();

    assertFalse(check.get().toCompletableFuture().get());
  }

  @Test
  void aCustomerBySocketHearsTheReplyToEachMessage() {
    String user = "socket-" + UUID.randomUUID();
    try (HttpClient http = HttpCustomer.client(false)) {
      SocketCustomer customer = socketCustomer(http, user);

      customer.say("one");
      customer.say("two");
    }

    List<String> said = new ArrayList<>();
    engine
        .client()
        .customer(TestEngine.SCRIPTED, user)
        .history()
        .forEach(
            message ->
                said.add(message.get("role").asText() + " " + message.path("outcome").asText()));
    assertEquals(List.of("customer answer", "bot ", "customer answer", "bot "), said);
  }

  @Test
  void aCustomerBySocketWhoIsRefusedLearnsItAndMayGoOn() {
    try (HttpClient http = HttpCustomer.client(false)) {
      SocketCustomer customer = socketCustomer(http, "socket-" + UUID.randomUUID());

      CompletionException refused =
          assertThrows(CompletionException.class, () -> customer.say("x".repeat(8 * 1024 + 1)));

      assertTrue(refused.toString().contains("rejected"), refused.toString());
      customer.say("short enough");
    }
  }

  @Test
  void aCustomerBySocketWhoComesBackToALongConversationHearsItsOwnReply() {
    String user = "socket-" + UUID.randomUUID();
    var before = engine.client().customer(TestEngine.SCRIPTED, user);
    for (int turn = 0; turn < 20; turn++) {
      before.say("turn " + turn);
    }
    try (HttpClient http = HttpCustomer.client(false)) {
      socketCustomer(http, user).say("again");
    }

    var history = before.history();
    assertEquals("again", history.get(40).get("text").asText());
    assertEquals(41, history.get(41).get("replyTo").asLong());
  }

  private SocketCustomer socketCustomer(HttpClient http, String user) {
    URI gateway = URI.create(engine.client().url("/v1/"));
    return new SocketCustomer(
        http, gateway, HttpCustomer.of(http, gateway, "scripted-demo-key", user));
  }

  private HttpResponse<String> management(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:%d%s".formatted(engine.managementPort(), path)))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
