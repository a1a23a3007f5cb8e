package io.fengda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One run of Gatling: populations that send their turns to an engine, and what came of them. */
final class Load {
  private static final List<String> TEXTS = texts();
  private static volatile Load current;

  private final String url;
  private final List<Population> populations;
  private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

  private Load(String url, List<Population> populations) {
    this.url = url;
    this.populations = populations;
  }

  /** Runs to the end of the longest population and of its last turn. */
  static synchronized Turns run(Engine engine, Population... populations) {
    current = new Load(engine.url(), List.of(populations));
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      int status =
          io.gatling.app.Gatling$.MODULE$.fromArgs(
              new String[] {
                "--simulation",
                LoadSimulation.class.getName(),
                "--no-reports",
                "--results-folder",
                System.getProperty("java.io.tmpdir")
              });
      if (status != 0) {
        throw new IllegalStateException("Gatling ended with status " + status);
      }
    } finally {
      System.setOut(out);
    }
    return new Turns(List.copyOf(current.turns));
  }

  static Load current() {
    return current;
  }

  String url() {
    return url;
  }

  List<Population> populations() {
    return populations;
  }

  void ended(Turn turn) {
    turns.add(turn);
  }

  /** What customers of the public dialogues say, as JSON strings. */
  static String text(long number) {
    return TEXTS.get((int) (number % TEXTS.size()));
  }

  private static List<String> texts() {
    Path file = Path.of(System.getProperty("data", "none"), "crosswoz/replay.jsonl");
    ObjectMapper json = new ObjectMapper();
    List<String> texts = new ArrayList<>();
    try {
      if (!Files.exists(file)) {
        return List.of(json.writeValueAsString("你好，我想找家人均消费在100-150元的餐馆吃饭，请推荐一家"));
      }
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        for (JsonNode turn : json.readTree(line).get("turns")) {
          if (turn.get("role").asText().equals("user")) {
            texts.add(json.writeValueAsString(turn.get("text").asText()));
          }
        }
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
