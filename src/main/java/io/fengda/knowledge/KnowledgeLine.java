package io.fengda.knowledge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.tenant.Language;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One line of a knowledge file, checked field by field. */
public final class KnowledgeLine {
  private static final int ID_CODE_POINTS_MAX = 128;
  private static final int SOURCE_CODE_POINTS_MAX = 512;
  private static final Set<String> FIELDS =
      Set.of("id", "lang", "question", "alternatives", "answer", "source");
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final JsonNode fields;

  private KnowledgeLine(JsonNode fields) {
    this.fields = fields;
  }

  /** The entry on a line; none on a blank one. */
  public static Optional<KnowledgeEntry> parse(byte[] line) throws Fault {
    String text = decode(line);
    return text.isBlank() ? Optional.empty() : Optional.of(new KnowledgeLine(json(text)).entry());
  }

  /** The entry as the object of a line. */
  public static ObjectNode write(KnowledgeEntry entry) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", entry.id())
            .put("lang", entry.language().tag())
            .put("question", entry.question());
    entry.alternatives().forEach(json.putArray("alternatives")::add);
    return json.put("answer", entry.answer()).put("source", entry.source());
  }

  private static String decode(byte[] line) throws Fault {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new Fault("not UTF-8");
    }
  }

  private static JsonNode json(String text) throws Fault {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Fault("not JSON: " + e.getOriginalMessage());
    }
    check(node.isObject(), "not a JSON object");
    return node;
  }

  private KnowledgeEntry entry() throws Fault {
    checkNames();
    KnowledgeEntry entry = read();
    check(
        entry.chars() <= KnowledgeEntry.CHARS_MAX,
        "longer than " + KnowledgeEntry.CHARS_MAX + " characters");
    return entry;
  }

  private KnowledgeEntry read() throws Fault {
    return new KnowledgeEntry(
        bounded("id", filled("id"), ID_CODE_POINTS_MAX),
        language(),
        question("question", filled("question")),
        alternatives(),
        answer(),
        bounded("source", string("source"), SOURCE_CODE_POINTS_MAX));
  }

  private void checkNames() throws Fault {
    Set<String> names = new TreeSet<>();
    fields.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      check(FIELDS.contains(name), "unknown field \"" + name + "\"");
    }
    for (String name : new TreeSet<>(FIELDS)) {
      check(names.contains(name), "missing field \"" + name + "\"");
    }
  }

  private Language language() throws Fault {
    String tag = string("lang");
    return Arrays.stream(Language.values())
        .filter(language -> language.tag().equals(tag))
        .findFirst()
        .orElseThrow(() -> new Fault("unknown lang \"" + tag + "\""));
  }

  private List<String> alternatives() throws Fault {
    JsonNode array = fields.path("alternatives");
    check(array.isArray(), "\"alternatives\" is not an array");
    List<String> alternatives = new ArrayList<>();
    for (JsonNode element : array) {
      check(element.isTextual(), "an element of \"alternatives\" is not a string");
      alternatives.add(question("alternatives", element.textValue()));
    }
    check(
        alternatives.size() <= KnowledgeEntry.ALTERNATIVES_MAX,
        "more than " + KnowledgeEntry.ALTERNATIVES_MAX + " alternatives");
    return alternatives;
  }

  private String answer() throws Fault {
    String answer = filled("answer");
    int bytes = answer.getBytes(StandardCharsets.UTF_8).length;
    int bytesMax = KnowledgeEntry.ANSWER_BYTES_MAX;
    check(bytes <= bytesMax, "\"answer\" is longer than " + bytesMax + " bytes");
    return answer;
  }

  private static String question(String name, String text) throws Fault {
    check(!NormalForm.of(text).isEmpty(), "\"" + name + "\" has a question without any word");
    return bounded(name, text, KnowledgeEntry.QUESTION_CODE_POINTS_MAX);
  }

  private String filled(String name) throws Fault {
    String text = string(name);
    check(!text.isBlank(), "\"" + name + "\" is empty");
    return text;
  }

  private String string(String name) throws Fault {
    JsonNode node = fields.path(name);
    check(node.isTextual(), "\"" + name + "\" is not a string");
    // JSON can escape half a surrogate pair, which UTF-8, and so the wire, cannot carry.
    boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(node.textValue());
    check(encodable, "\"" + name + "\" has half a surrogate pair");
    return node.textValue();
  }

  private static String bounded(String name, String text, int codePointsMax) throws Fault {
    boolean fits = text.codePointCount(0, text.length()) <= codePointsMax;
    check(fits, "\"" + name + "\" is longer than " + codePointsMax + " characters");
    return text;
  }

  private static void check(boolean holds, String fault) throws Fault {
    if (!holds) {
      throw new Fault(fault);
    }
  }

  /** What is wrong with a line. */
  public static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;
    private final String message;

    private Fault(String message) {
      super(message);
      this.message = message;
    }

    @Override
    public String getMessage() {
      return message;
    }
  }
}
