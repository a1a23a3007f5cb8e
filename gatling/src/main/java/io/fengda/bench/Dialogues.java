package io.fengda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The public dialogues of CrossWOZ: what customers say, and what they are answered. */
final class Dialogues {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The longest character in UTF-8. */
  private static final int CHARACTER_BYTES_MAX = 4;

  /** For whoever has no dialogues. */
  private static final Exchange ONLY =
      new Exchange("你好，我想找家人均消费在100-150元的餐馆吃饭，请推荐一家", "推荐您去讲礼驴肉馆用餐，人均消费68元。");

  private static final List<List<Exchange>> ALL = read();
  private static final List<String> TEXTS =
      ALL.stream().flatMap(List::stream).map(exchange -> json(exchange.said())).toList();
  private static final Map<String, String> ANSWERS = answers();

  private Dialogues() {}

  private record Exchange(String said, String answered) {}

  /** All that customers say, as JSON strings. */
  static List<String> texts() {
    return TEXTS;
  }

  /** What somebody was answered who said the same. */
  static Optional<String> answer(String said) {
    return Optional.ofNullable(ANSWERS.get(said));
  }

  /**
   * What one customer says in a long talk, as JSON strings: whole dialogues one after the other.
   *
   * @param number of the customer; each begins with another dialogue
   * @param turns how long the talk is
   */
  static List<String> talk(int number, int turns) {
    int least = Math.min(turns, longest());
    List<List<Exchange>> dialogues =
        ALL.stream().filter(dialogue -> dialogue.size() >= least).toList();
    List<String> talk = new ArrayList<>();
    for (int i = number; talk.size() < turns; i++) {
      dialogues.get(i % dialogues.size()).forEach(exchange -> talk.add(json(exchange.said())));
    }
    return List.copyOf(talk.subList(0, turns));
  }

  /** Of which there are many. */
  private static int longest() {
    int[] turns = ALL.stream().mapToInt(List::size).sorted().toArray();
    return turns[turns.length * 3 / 4];
  }

  /** Texts of exactly so many UTF-8 bytes, as JSON strings: what customers say, end to end. */
  static List<String> texts(int bytes) {
    if (bytes < CHARACTER_BYTES_MAX) {
      throw new IllegalArgumentException("a text of %d bytes".formatted(bytes));
    }
    int[] letters =
        ALL.stream().flatMap(List::stream).flatMapToInt(one -> one.said().codePoints()).toArray();
    List<String> texts = new ArrayList<>();
    int from = 0;
    while (from < letters.length) {
      int to = from;
      int size = 0;
      while (to < letters.length && size + bytesOf(letters[to]) <= bytes) {
        size += bytesOf(letters[to]);
        to++;
      }
      texts.add(json(new String(letters, from, to - from) + "!".repeat(bytes - size)));
      from = to;
    }
    return texts;
  }

  private static int bytesOf(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
  }

  private static Map<String, String> answers() {
    Map<String, String> answers = new HashMap<>();
    ALL.forEach(dialogue -> dialogue.forEach(one -> answers.put(one.said(), one.answered())));
    return answers;
  }

  private static String json(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<List<Exchange>> read() {
    Path file = Path.of(System.getProperty("data", "none"), "crosswoz/replay.jsonl");
    if (!Files.exists(file)) {
      Bench.say("there is no %s: everybody says the same".formatted(file));
      return List.of(List.of(ONLY));
    }
    List<List<Exchange>> dialogues = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        dialogues.add(exchanges(JSON.readTree(line).get("turns")));
      }
      return dialogues;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Exchange> exchanges(JsonNode turns) {
    List<Exchange> exchanges = new ArrayList<>();
    String said = "";
    for (JsonNode turn : turns) {
      String text = turn.get("text").asText();
      if (turn.get("role").asText().equals("user")) {
        said = text;
      } else if (!said.isEmpty()) {
        exchanges.add(new Exchange(said, text));
        said = "";
      }
    }
    return exchanges;
  }
}
