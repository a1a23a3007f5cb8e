package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as a process, as {@code mvn compile exec:exec} starts it. */
class ProcessTest {
  @TempDir Path directory;

  private final List<Integer> ports = FreePorts.of(6);
  private final FengdaClient client = FengdaClient.of(ports.get(0));
  private Path log;
  private Process engine;

  @BeforeEach
  void start() throws IOException {
    log = directory.resolve("engine.log");
    engine = startEngine(Map.of());
    awaitReady();
  }

  @AfterEach
  void stop() throws InterruptedException {
    engine.destroy();
    if (!engine.waitFor(30, TimeUnit.SECONDS)) {
      engine.destroyForcibly();
    }
    awaitPortsFree();
  }

  @Test
  void acceptedTurnsSurviveAKillAndARestartAndNoOrphanKeepsAPort() throws Exception {
    Customer before = client.customer("harbor", "u-1");
    Reply first = before.say("m-1", "银行卡丢了怎么办");
    assertEquals(200, first.status(), first.raw().body());
    List<Customer> customers =
        IntStream.range(0, 20).mapToObj(i -> client.customer("harbor", "k-" + i)).toList();
    customers.forEach(customer -> assertEquals(202, customer.accept("m-1", "你好").status()));

    engine.destroyForcibly().waitFor();
    awaitPortsFree();
    engine = startEngine(Map.of());
    awaitReady();

    Reply again = before.say("m-1", "银行卡丢了怎么办");
    assertEquals(first.json(), again.json());
    assertEquals(3, before.say("m-2", "你好").json().get("message").get("seq").asLong());
    awaitNoOpenTurnInTheJournal();
    for (Customer customer : customers) {
      JsonNode history = customer.history();
      assertEquals(2, history.size(), history::toString);
      assertFalse(history.get(0).get("outcome").asText().equals("open"), history::toString);
      assertEquals("[1]", history.get(1).get("covers").toString());
    }

    try (TestSocket socket = before.socket(4)) {
      socket.send("{\"type\":\"ping\"}");
      socket.await("pong");
      engine.destroy();
      JsonNode closing = socket.await("closing");
      assertEquals("draining", closing.get("reason").asText());
      assertTrue(closing.get("reconnect").asBoolean());
      assertTrue(closing.get("retryAfterMs").asLong() <= 3_000, closing::toString);
    }
    assertTrue(engine.waitFor(30, TimeUnit.SECONDS));
    awaitPortsFree();
    engine = startEngine(Map.of());
    awaitReady();
    assertEquals(first.json(), before.say("m-1", "银行卡丢了怎么办").json());
    assertEquals(5, before.say("m-3", "你好").json().get("message").get("seq").asLong());
  }

  @Test
  void aSecondNodeJoinsAndSharesTheConversations() throws Exception {
    List<Integer> others = FreePorts.of(3);
    Customer customer = client.customer("harbor", "u-2");
    assertEquals(200, customer.say("m-1", "你好").status());
    Process second =
        startEngine(
            Map.of(
                "FENGDA_HTTP_PORT", others.get(0).toString(),
                "FENGDA_MANAGEMENT_PORT", others.get(1).toString(),
                "FENGDA_CLUSTER_PORT", others.get(2).toString(),
                "FENGDA_ANSWERER_PORT", FreePorts.of(1).getFirst().toString(),
                "FENGDA_SEED_NODES", "127.0.0.1:" + ports.get(2)));
    try {
      FengdaClient there = FengdaClient.of(others.get(0));
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .ignoreExceptions()
          .until(() -> there.send(there.request("/openapi.json").GET().build()).status() == 200);

      Customer same = there.withToken(customer.token());
      assertEquals(customer.history(), same.history());
      try (TestSocket here = customer.socket(2);
          TestSocket elsewhere = same.socket(2)) {
        here.say("m-2", "银行卡丢了怎么办");
        assertEquals(here.awaitReplyTo(3), elsewhere.awaitReplyTo(3));
        elsewhere.say("m-3", "你好");
        assertEquals(here.awaitReplyTo(5), elsewhere.awaitReplyTo(5));
      }
      IntStream.range(0, 20)
          .forEach(i -> assertEquals(200, there.customer("harbor", "s-" + i).say("你好").status()));
    } finally {
      second.destroy();
      assertTrue(second.waitFor(30, TimeUnit.SECONDS), "the second node does not stop");
    }
    assertEquals(200, customer.say("m-4", "你好").status());
  }

  @Test
  void aPortInUseStopsTheStartWithOneLineThatSaysWhatToDo() throws Exception {
    Path second = directory.resolve("second.log");
    Process refused = startEngine(Map.of("FENGDA_SEED_NODES", "127.0.0.1:" + ports.get(2)), second);

    assertTrue(refused.waitFor(30, TimeUnit.SECONDS));

    assertEquals(1, refused.exitValue());
    List<String> lines =
        Files.readAllLines(second).stream().filter(line -> line.contains("can not start")).toList();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().contains("FENGDA_HTTP_PORT"), lines::toString);
  }

  /** The redriver has woken what the kill left open, without anybody asking for it. */
  private void awaitNoOpenTurnInTheJournal() {
    TestDatabase database =
        TestDatabase.at("postgres://fengda:fengda@127.0.0.1:%d/fengda".formatted(ports.get(4)));
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> database.openTurns() == 0);
  }

  private Process startEngine(Map<String, String> environment) throws IOException {
    return startEngine(environment, log);
  }

  private Process startEngine(Map<String, String> environment, Path output) throws IOException {
    ProcessBuilder builder =
        Jvm.engine(
            ports,
            directory.resolve("data"),
            List.of(
                "-Xmx700m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=4"));
    builder.environment().putAll(environment);
    File file = output.toFile();
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(file))
        .start();
  }

  private void awaitReady() throws IOException {
    long readyBefore = ready();
    Awaitility.await()
        .atMost(90, TimeUnit.SECONDS)
        .until(() -> ready() > readyBefore || !engine.isAlive());
    assertTrue(engine.isAlive(), () -> read(log));
  }

  private long ready() {
    return Files.exists(log)
        ? read(log).lines().filter(line -> line.startsWith("fengda ready: ")).count()
        : 0;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPortsFree() {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> ports.stream().allMatch(ProcessTest::isFree));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
