package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.FengdaClient.Customer;
import io.fengda.FengdaClient.Reply;
import io.fengda.identity.TestTokens;
import io.fengda.queue.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every input of an engine with the most talkative log carries something that must not be told:
 * what customers say and tenants' secrets (in no line above DEBUG), and what names a person (in no
 * line at all). Then logs, metrics, problems and dead letters are searched for it.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CanaryTest {
  private static final String PLATFORM_KEY = "canary-platform-key-of-32-bytes-or-more";

  /** What somebody said, or a secret. */
  private static final String TEXT = "canary" + UUID.randomUUID().toString().replace("-", "");

  private static final List<String> PERSONAL =
      List.of(
          "13987654321",
          "11010519491231002X",
          "6222029876543210987",
          "canary.zhang@mail.example.com",
          "解放路518号");

  private static final Set<String> LOUD = Set.of("INFO", "WARN", "ERROR");

  @TempDir Path directory;

  private final List<Integer> ports = FreePorts.of(6);
  private final FengdaClient client = FengdaClient.of(ports.get(0));
  private final List<String> problems = new ArrayList<>();

  /** All that must not be told, in a text that a customer may write. */
  private static String all() {
    return TEXT + " " + String.join(" ", PERSONAL);
  }

  @Test
  void nothingThatSomebodySaidIsToldWhereOperatorsLook() throws Exception {
    Path console = directory.resolve("engine.log");
    Process engine = start(console);
    try {
      awaitReady(engine, console);
      say();
      breakIn();
      administer();
      poison();
      String metrics = metrics();
      List<String> dead = dead();
      assertTrue(dead.size() >= 2, dead::toString);
      assertTrue(problems.size() >= 10, problems::toString);

      assertEquals(List.of(), told("metrics", metrics));
      dead.forEach(record -> assertEquals(List.of(), told("a dead letter", record)));
      problems.forEach(problem -> assertEquals(List.of(), told("a problem", problem)));
    } finally {
      engine.destroy();
      if (!engine.waitFor(30, TimeUnit.SECONDS)) {
        engine.destroyForcibly();
      }
    }

    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> logs =
          files
              .filter(file -> file.getFileName().toString().endsWith(".log"))
              // Of Kafka's own kind: its data.
              .filter(file -> !file.startsWith(directory.resolve("data/kafka/data")))
              .toList();
      List<String> names = logs.stream().map(log -> log.getFileName().toString()).toList();
      assertTrue(
          names.containsAll(
              List.of("engine.log", "harbor.log", "-fengda.log", "kafka.log", "postgres.log")),
          names::toString);
      logs.forEach(CanaryTest::search);
      String told = read(directory.resolve("logs/harbor.log"));
      assertTrue(told.contains("\"conversation\":\"[e-mail]:main\",\"turn\":1,\"trace\":\""), told);
    }
  }

  private Process start(Path console) throws IOException {
    ProcessBuilder builder =
        Jvm.engine(
            ports,
            directory.resolve("data"),
            List.of(
                "-Xmx700m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=4"));
    builder
        .environment()
        .putAll(
            Map.of(
                "FENGDA_LOG_LEVEL", "DEBUG",
                "FENGDA_LOG_FORMAT", "json",
                "FENGDA_LOG_TENANTS", "files",
                "FENGDA_LOG_DIR", directory.resolve("logs").toString(),
                "FENGDA_PLATFORM_KEY", PLATFORM_KEY));
    return builder.redirectErrorStream(true).redirectOutput(console.toFile()).start();
  }

  private static void awaitReady(Process engine, Path console) {
    Awaitility.await()
        .atMost(120, TimeUnit.SECONDS)
        .until(() -> !engine.isAlive() || read(console).contains("fengda ready: "));
    assertTrue(engine.isAlive(), () -> read(console));
  }

  /** As a customer, over REST, events and a socket; well and badly. */
  private void say() {
    Customer customer = client.customer("harbor", PERSONAL.get(3));
    Reply reply = customer.say("m-1", all());
    assertEquals(200, reply.status(), reply.raw().body());
    problem(customer.say("m-1", all() + "!"), 409);
    problem(customer.say("id " + all(), all()), 400);
    problem(customer.say("m-2", all().repeat(100)), 413);
    problem(customer.get("/v1/conversations/" + TEXT + "!/messages"), 404);
    problem(customer.get("/v1/conversations/main/messages?after=" + TEXT), 400);
    problem(customer.post("/v1/conversations/main/messages", "text/" + TEXT, all()), 415);
    problem(customer.post("/v1/conversations/main/messages", "application/json", "{" + all()), 400);
    problem(
        customer.post(
            "/v1/conversations/main/messages",
            "application/json",
            "{\"text\": \"a\", \"%s\": 1}".formatted(all())),
        400);
    try (TestEvents events = customer.events(0)) {
      events.await(event -> event.data() != null && event.data().toString().contains(TEXT));
    }
    try (TestSocket socket = customer.socket(0)) {
      socket.say("m-3", all());
      socket.await("turn");
      socket.send("{\"type\": \"%s\"}".formatted(all()));
      problems.add(socket.await("rejected").toString());
    }
    assertEquals(204, customer.call("DELETE", "/v1/conversations/main", "").status());
  }

  /** As somebody who has no business here. */
  private void breakIn() {
    problem(client.session(TEXT, FengdaClient.object()), 401);
    problem(
        client.session("harbor-demo-key", FengdaClient.object().put("userId", all() + ":")), 400);
    problem(client.withToken(TEXT).get("/v1/conversations/main/messages"), 401);
    String forged =
        TestTokens.of("harbor", java.time.Instant.now())
            .by(TEXT.repeat(2), claims -> claims.subject(PERSONAL.getFirst()));
    problem(client.withToken(forged).get("/v1/conversations/main/messages"), 401);
    problem(
        client.send(
            client
                .request("/v1/conversations/main/messages")
                .header("Authorization", "Basic " + TEXT)
                .header("traceparent", TEXT)
                .header("Last-Event-ID", TEXT)
                .GET()
                .build()),
        401);
    problem(client.send(client.request("/" + TEXT + "/13987654321").GET().build()), 404);
  }

  /** As an administrator who gives away secrets, and mistypes them. */
  private void administer() {
    Customer ops = client.withToken(TestTokens.ops(PLATFORM_KEY));
    problem(ops.call("PATCH", "/v1/admin/tenants/harbor", "{\"%s\": 1}".formatted(all())), 400);
    problem(
        ops.call("POST", "/v1/admin/tenants", FengdaClient.object().put("id", all()).toString()),
        400);
    ObjectNode entry = FengdaClient.object().put("id", "c-1").put("question", all());
    entry.put("answer", all()).put("lang", "zh");
    Reply imported =
        client.send(
            ops.request("/v1/admin/tenants/harbor/knowledge/imports")
                .header("Content-Type", "application/jsonl")
                .POST(BodyPublishers.ofString(entry + "\n{\"" + all() + "\n"))
                .build());
    assertTrue(imported.status() < 500, imported.raw().body());
  }

  private void poison() throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", "127.0.0.1:" + ports.get(5));
    byte[] value = ("\u0001\u0002" + all()).getBytes(StandardCharsets.UTF_8);
    byte[] key = ("harbor:" + PERSONAL.getFirst() + ":main").getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.QUERIES, key, value)).get();
      producer.send(new ProducerRecord<>(Topics.RESULTS, key, value)).get();
    }
  }

  private List<String> dead() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", "127.0.0.1:" + ports.get(5));
    settings.put("group.id", "canary");
    settings.put("auto.offset.reset", "earliest");
    List<String> dead = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.DEAD));
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .until(
              () -> {
                consumer
                    .poll(Duration.ofMillis(200))
                    .forEach(
                        record ->
                            dead.add(
                                (record.key() == null ? "" : utf8(record.key()))
                                    + utf8(record.value())));
                return dead.size() >= 2;
              });
    }
    return dead;
  }

  private String metrics() {
    FengdaClient management = FengdaClient.of(ports.get(1));
    String metrics = management.send(management.request("/metrics").GET().build()).raw().body();
    assertTrue(metrics.contains("fengda_turns_total"), metrics);
    return metrics;
  }

  private void problem(Reply reply, int status) {
    assertEquals(status, reply.status(), reply.raw().body());
    problems.add(reply.raw().body() + reply.raw().headers().map());
  }

  private static void search(Path log) {
    for (String line : read(log).lines().toList()) {
      List<String> told = told(log.getFileName().toString(), line);
      if (told.isEmpty()) {
        continue;
      }
      boolean names =
          PERSONAL.stream()
              .anyMatch(
                  name ->
                      line.contains(name)
                          || line.contains(URLEncoder.encode(name, StandardCharsets.UTF_8)));
      assertTrue(!names && !isLoud(line), told::toString);
    }
  }

  /** Whether a line is above DEBUG, or none of ours. */
  private static boolean isLoud(String line) {
    try {
      JsonNode json = FengdaClient.JSON.readTree(line);
      return json == null || LOUD.contains(json.path("level").asText("ERROR"));
    } catch (JsonProcessingException e) {
      return true;
    }
  }

  private static List<String> told(String where, String what) {
    return Stream.concat(Stream.of(TEXT), PERSONAL.stream())
        .flatMap(canary -> Stream.of(canary, URLEncoder.encode(canary, StandardCharsets.UTF_8)))
        .distinct()
        .filter(what::contains)
        .map(canary -> where + " tells " + canary + ": " + what)
        .toList();
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? utf8(Files.readAllBytes(file)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
