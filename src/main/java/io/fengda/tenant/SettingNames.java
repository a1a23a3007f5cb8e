package io.fengda.tenant;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Settings are called in kebab-case where people write them, and in camelCase on the wire. */
public final class SettingNames {
  private static final Pattern AFTER_HYPHEN = Pattern.compile("-([a-z])");
  private static final Pattern CAPITAL = Pattern.compile("([A-Z])");

  private SettingNames() {}

  /** {@code open-turns-max} as {@code openTurnsMax}. */
  public static String camelCase(String name) {
    return AFTER_HYPHEN.matcher(name).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }

  static String kebabCase(String name) {
    return CAPITAL.matcher(name).replaceAll(match -> "-" + match.group(1).toLowerCase(Locale.ROOT));
  }

  static Map<String, Object> inCamelCase(Map<String, Object> settings) {
    return renamed(settings, SettingNames::camelCase);
  }

  static Map<String, Object> inKebabCase(Map<String, Object> settings) {
    return renamed(settings, SettingNames::kebabCase);
  }

  private static Map<String, Object> renamed(
      Map<String, Object> settings, UnaryOperator<String> name) {
    Map<String, Object> renamed = new LinkedHashMap<>();
    settings.forEach(
        (key, value) -> {
          Object inner = renamedIn(value, name);
          if (inner != null) {
            renamed.put(name.apply(key), inner);
          }
        });
    return renamed;
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object renamedIn(@Nullable Object value, UnaryOperator<String> name) {
    return switch (value) {
      case null -> null;
      case Map<?, ?> section -> renamed((Map<String, Object>) section, name);
      case List<?> list -> list.stream().map(element -> renamedIn(element, name)).toList();
      default -> value;
    };
  }
}
