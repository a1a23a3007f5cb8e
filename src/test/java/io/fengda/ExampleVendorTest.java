package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The vendor of {@code proto/example}, in Node.js, at a real engine. */
class ExampleVendorTest {
  private static final Path FOLDER = Path.of("target", "example-vendor");
  private static final TestEngine ENGINE = TestEngine.get();

  private static @Nullable Process vendor;

  @BeforeAll
  static void start() throws Exception {
    copy(Path.of("proto", "example"), FOLDER);
    assumeTrue(runs("npm", "ci", "--no-audit", "--no-fund"), "no npm, or nothing to install from");
    Process started =
        process(
            Map.of(
                "PORT", Integer.toString(ENGINE.exampleVendorPort()),
                "FENGDA_PROTO", Path.of("proto").toAbsolutePath().toString()),
            "node",
            "vendor.js");
    vendor = started;
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> !ask("opening hours").get("fallback").asBoolean());
  }

  @AfterAll
  static void stop() {
    if (vendor != null) {
      vendor.destroy();
    }
  }

  @Test
  void answersInTheCustomersLanguageAndSaysWhereItKnowsItFrom() {
    JsonNode reply = ask("请问营业时间");

    assertEquals("我们每天九点到二十一点营业。", reply.get("text").asText());
    assertEquals("https://example.com/hours", reply.get("citations").get(0).get("source").asText());
  }

  @Test
  void streams() {
    try (TestSocket socket = ENGINE.client().customer("example").socket(0)) {
      socket.say("m-1", "opening hours");

      assertEquals("delta", socket.await("delta").get("type").asText());
      assertTrue(socket.awaitReplyTo(1).get("text").asText().startsWith("We are open"));
    }
  }

  @Test
  void isToldWhatWasSaidBefore() {
    Customer customer = ENGINE.client().customer("example");
    var unused = customer.say("opening hours");

    JsonNode reply = customer.say("what was my first question").json().get("reply");

    assertEquals("First you asked: opening hours", reply.get("text").asText());
  }

  @Test
  void whatItDoesNotKnowGetsTheTenantsFallback() {
    assertTrue(ask("something else").get("fallback").asBoolean());
  }

  private static JsonNode ask(String question) {
    return ENGINE.client().customer("example").say(question).json().get("reply");
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process = process(Map.of(), command);
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Process process(Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(FOLDER.toFile());
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(FOLDER.resolve("output.log").toFile())
        .start();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.toFile().getName()), List.of(Files.readString(file)));
      }
    }
  }
}
