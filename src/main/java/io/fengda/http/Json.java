package io.fengda.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON as strict as the contract: no unknown, repeated or wrongly typed fields. */
final class Json {
  private static final int DEPTH_MAX = 16;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static String write(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that is not JSON", e);
    }
  }

  /** A value of maps, lists, texts, numbers and switches as JSON. */
  static JsonNode tree(@Nullable Object value) {
    return MAPPER.valueToTree(value);
  }

  /** Reads an object of any fields, as maps, lists, texts, numbers and switches. */
  static Map<String, Object> readMap(byte[] bytes) {
    return map(readObject(read(bytes)));
  }

  /** An object as a map; a problem if it is something else. */
  static Map<String, Object> map(JsonNode object) {
    return MAPPER.convertValue(readObject(object), new TypeReference<Map<String, Object>>() {});
  }

  private static JsonNode readObject(JsonNode json) {
    if (!json.isObject()) {
      throw ProblemException.at("", Problem.INVALID_FIELD, "expected an object");
    }
    return json;
  }

  /** Reads an object that has no other fields than these. */
  static JsonNode readObject(byte[] bytes, Set<String> fields) {
    JsonNode json = readObject(read(bytes));
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!fields.contains(name)) {
                throw ProblemException.at(pointerTo(name), Problem.INVALID_FIELD, "unknown field");
              }
            });
    return json;
  }

  /** Of a text that was written here. */
  static JsonNode read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  static JsonNode read(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw ProblemException.of(
          Problem.MALFORMED_JSON,
          "%s at line %d, column %d"
              .formatted(
                  e.getClass().getSimpleName(),
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr()));
    } catch (IOException e) {
      throw ProblemException.of(Problem.MALFORMED_JSON, "not UTF-8");
    }
  }

  /** The string of a field; empty where the field is absent or null. */
  static Optional<String> string(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw ProblemException.at("/" + field, Problem.INVALID_FIELD, "expected a string");
    }
    return Optional.of(value.textValue());
  }

  private static String pointerTo(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
