package io.fengda.administration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's own settings by their whole name ({@code branding.name.zh}), each with its value in
 * JSON; and as the tree that they are on the wire. A list is one setting.
 */
final class OwnSettings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private OwnSettings() {}

  static Map<String, String> flat(Map<String, ?> tree) {
    Map<String, String> flat = new TreeMap<>();
    leaves("", tree)
        .forEach(
            (name, value) -> {
              if (value != null) {
                flat.put(name, value);
              }
            });
    return flat;
  }

  /**
   * The tree of them.
   *
   * @throws IllegalArgumentException if one is a setting and a section of others too
   */
  static Map<String, Object> tree(Map<String, String> flat) {
    Map<String, Object> tree = new LinkedHashMap<>();
    new TreeMap<>(flat).forEach((name, value) -> put(tree, name, name, read(value)));
    return tree;
  }

  private static void put(
      Map<String, Object> tree, String name, String rest, @Nullable Object value) {
    int dot = rest.indexOf('.');
    if (dot < 0) {
      if (tree.putIfAbsent(rest, value == null ? "" : value) != null) {
        throw new IllegalArgumentException(name + ": it has settings of its own");
      }
      return;
    }
    Object section = tree.computeIfAbsent(rest.substring(0, dot), key -> new LinkedHashMap<>());
    if (!(section instanceof Map<?, ?>)) {
      throw new IllegalArgumentException(name + ": it is below a setting");
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> below = (Map<String, Object>) section;
    put(below, name, rest.substring(dot + 1), value);
  }

  /** What a merge patch (RFC 7396) changes; what it sets to what it is already is no change. */
  static List<SettingChange> changes(Map<String, String> own, Map<String, ?> patch) {
    List<SettingChange> changes = new ArrayList<>();
    leaves("", patch)
        .forEach(
            (name, value) -> {
              if (value == null) {
                own.keySet().stream()
                    .filter(key -> key.equals(name) || key.startsWith(name + "."))
                    .sorted()
                    .forEach(key -> changes.add(new SettingChange(key, own.get(key), null)));
              } else if (!value.equals(own.get(name))) {
                changes.add(new SettingChange(name, own.get(name), value));
              }
            });
    return changes;
  }

  private static Map<String, @Nullable String> leaves(String prefix, Map<String, ?> tree) {
    Map<String, @Nullable String> leaves = new TreeMap<>();
    tree.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> section) {
            @SuppressWarnings("unchecked")
            Map<String, ?> named = (Map<String, ?>) section;
            leaves.putAll(leaves(prefix + name + ".", named));
          } else {
            leaves.put(prefix + name, value == null ? null : write(value));
          }
        });
    return leaves;
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + value, e);
    }
  }

  /** The value of maps, lists, texts, numbers and switches. */
  static @Nullable Object read(String json) {
    try {
      return JSON.treeToValue(JSON.readTree(json), Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
    }
  }

  static Map<String, Object> readTree(String json) {
    try {
      JsonNode tree = JSON.readTree(json);
      @SuppressWarnings("unchecked")
      Map<String, Object> map = JSON.treeToValue(tree, LinkedHashMap.class);
      return map;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
    }
  }
}
