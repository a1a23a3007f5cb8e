package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact question of every entry of the demo knowledge gets that entry's answer. */
class KnowledgeOverTheWireTest {
  private static FengdaClient client;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    var unused = client.customer("harbor").say("你好");
  }

  @ParameterizedTest
  @ValueSource(strings = {"harbor", "beeshop"})
  void everyQuestionGetsItsAnswerOverRest(String tenant) throws IOException {
    Customer customer = client.customer(tenant);
    List<String> wrong = new ArrayList<>();

    for (JsonNode entry : entries(tenant)) {
      JsonNode reply = customer.say(entry.get("question").asText()).json().get("reply");
      check(entry, reply, wrong);
    }

    assertEquals(List.of(), wrong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"harbor", "beeshop"})
  void everyQuestionGetsItsAnswerOverAWebSocket(String tenant) throws IOException {
    List<String> wrong = new ArrayList<>();

    try (TestSocket socket = client.customer(tenant).socket(0)) {
      long seq = 1;
      for (JsonNode entry : entries(tenant)) {
        socket.say("m-" + seq, entry.get("question").asText());
        check(entry, socket.awaitReplyTo(seq), wrong);
        seq += 2;
      }
    }

    assertEquals(List.of(), wrong);
  }

  private static void check(JsonNode entry, JsonNode reply, List<String> wrong) {
    boolean right =
        !reply.get("fallback").asBoolean()
            && reply.get("text").asText().equals(entry.get("answer").asText())
            && reply.get("citations").get(0).get("source").equals(entry.get("source"));
    if (!right) {
      wrong.add(entry.get("question").asText() + " -> " + reply);
    }
  }

  private static List<JsonNode> entries(String tenant) throws IOException {
    List<JsonNode> entries =
        Files.readAllLines(Path.of("conf/knowledge", tenant + ".jsonl")).stream()
            .map(FengdaClient::parse)
            .toList();
    for (String lang : List.of("zh", "en")) {
      long count = entries.stream().filter(e -> e.get("lang").asText().equals(lang)).count();
      assertTrue(count >= 60, lang + ": " + count);
    }
    return entries;
  }
}
