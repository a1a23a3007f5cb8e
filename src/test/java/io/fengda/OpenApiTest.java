package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Reply;
import io.fengda.http.Problem;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The published contract says what the gateway does. */
class OpenApiTest {
  private static FengdaClient client;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    client = TestEngine.get().client();
    document = client.send(client.request("/openapi.json").GET().build()).json();
  }

  @Test
  void itIsOpenApi31() {
    assertTrue(document.get("openapi").asText().startsWith("3.1"));
  }

  @Test
  void itNamesEveryProblemThereIs() {
    JsonNode codes = document.at("/components/schemas/Problem/properties/code/enum");

    assertEquals(
        Arrays.stream(Problem.values()).map(Problem::code).sorted().toList(),
        StreamSupport.stream(codes.spliterator(), false).map(JsonNode::asText).sorted().toList());
  }

  @Test
  void itsTableOfProblemsIsTheEngines() {
    String table = document.at("/components/schemas/Problem/description").asText();

    for (Problem problem : Problem.values()) {
      String row =
          "| `%s` | %d | %s | %s |"
              .formatted(
                  problem.code(),
                  problem.status(),
                  problem.isRetryable() ? "yes" : "no",
                  problem.title());
      assertTrue(table.contains(row), row);
    }
  }

  @Test
  void everyOperationIsServedAndEveryStatusItAnswersWithIsInTheDocument() {
    List<String> faults = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(
                        operation ->
                            List.of("get", "post", "patch", "delete").contains(operation.getKey()))
                    .forEach(
                        operation ->
                            check(
                                path.getKey(), operation.getKey(), operation.getValue(), faults)));

    assertEquals(List.of(), faults);
  }

  private static void check(String path, String method, JsonNode operation, List<String> faults) {
    String concrete = path.replaceAll("\\{[^}]+}", "main");
    if (concrete.endsWith("/events")) {
      return; // An event stream does not end by itself; SocketTest reads it.
    }
    var request =
        client
            .customer(TestEngine.SCRIPTED)
            .request(concrete)
            .header("Content-Type", "application/json")
            .method(
                method.toUpperCase(Locale.ROOT),
                List.of("post", "patch").contains(method)
                    ? BodyPublishers.ofString("{\"text\":\"hello\"}")
                    : BodyPublishers.noBody());

    Reply reply = client.send(request.build());

    assertNotEquals(405, reply.status(), path);
    if (!operation.get("responses").has(Integer.toString(reply.status()))) {
      faults.add("%s %s answers %d".formatted(method, path, reply.status()));
    }
  }
}
