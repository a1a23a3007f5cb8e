package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient.Customer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * Real Chinese dialogues over 50 WebSockets at a time. {@code -Dfengda.dialogues=1000} replays all;
 * the ordinary run takes the first hundred.
 */
class DialogueReplayTest {
  private static final Path DIALOGUES =
      Path.of(System.getProperty("fengda.data", "../shared/data"), "crosswoz/replay.jsonl");
  private static final int COUNT = Integer.getInteger("fengda.dialogues", 100);
  private static final int SOCKETS = 50;

  @Test
  void everyMessageIsAcceptedOnceAndEveryTurnEnds() throws Exception {
    assumeTrue(Files.exists(DIALOGUES), "the public data set is not at " + DIALOGUES);
    FengdaClient client = TestEngine.get().client();
    List<String> faults = Collections.synchronizedList(new ArrayList<>());

    try (ExecutorService sockets = Executors.newFixedThreadPool(SOCKETS);
        Stream<String> lines = Files.lines(DIALOGUES)) {
      lines
          .limit(COUNT)
          .map(FengdaClient::parse)
          .forEach(dialogue -> sockets.execute(() -> replay(client, dialogue, faults)));
      sockets.shutdown();
      assertEquals(true, sockets.awaitTermination(8, TimeUnit.MINUTES));
    } catch (IOException e) {
      faults.add(e.toString());
    }

    assertEquals(List.of(), faults);
  }

  private static void replay(FengdaClient client, JsonNode dialogue, List<String> faults) {
    String id = dialogue.get("id").asText();
    try {
      Customer customer = client.customer("beeshop", "d-" + id);
      List<String> texts =
          stream(dialogue.get("turns"))
              .filter(turn -> turn.get("role").asText().equals("user"))
              .map(turn -> turn.get("text").asText())
              .toList();
      try (TestSocket socket = customer.socket(0)) {
        for (int i = 0; i < texts.size(); i++) {
          long seq = 2L * i + 1;
          socket.say("m-" + i, texts.get(i));
          var reply = socket.awaitReplyTo(seq);
          socket.await(
              frame ->
                  frame.get("type").asText().equals("turn")
                      && frame.get("seqs").get(0).asLong() == seq);
          if (reply.get("seq").asLong() != seq + 1) {
            faults.add(id + ": " + reply);
          }
        }
        check(id, texts, socket, customer.history(), faults);
      }
    } catch (RuntimeException e) {
      faults.add(id + ": " + e);
    }
  }

  private static void check(
      String id, List<String> texts, TestSocket socket, JsonNode history, List<String> faults) {
    List<JsonNode> messages =
        socket.frames("message").stream().map(frame -> frame.get("message")).toList();
    List<Long> gapless = LongStream.rangeClosed(1, 2L * texts.size()).boxed().toList();
    require(socket.frames("accepted").size() == texts.size(), id + ": accepted", faults);
    require(seqs(messages.stream()).equals(gapless), id + ": seqs over the socket", faults);
    require(seqs(stream(history)).equals(gapless), id + ": seqs in history", faults);
    require(
        stream(history)
            .filter(message -> message.get("role").asText().equals("customer"))
            .noneMatch(message -> message.get("outcome").asText().equals("open")),
        id + ": open turns",
        faults);
    require(
        stream(history)
            .filter(message -> message.get("role").asText().equals("customer"))
            .map(message -> message.get("text").asText())
            .toList()
            .equals(texts),
        id + ": texts",
        faults);
  }

  private static void require(boolean holds, String fault, List<String> faults) {
    if (!holds) {
      faults.add(fault);
    }
  }

  private static List<Long> seqs(Stream<JsonNode> messages) {
    return messages.map(message -> message.get("seq").asLong()).toList();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
