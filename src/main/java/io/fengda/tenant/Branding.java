package io.fengda.tenant;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How a tenant presents itself where its customers chat; each text for each language.
 *
 * @param listed whether the tenant is offered to whoever opens the page at {@code /}
 * @param color of its buttons and its customers' messages, {@code #rrggbb}
 * @param greeting what a customer reads before the first message
 * @param suggestions questions to begin with, at most {@value #SUGGESTIONS_MAX}
 */
public record Branding(
    boolean listed,
    Map<Language, String> name,
    String color,
    Map<Language, String> greeting,
    Map<Language, List<String>> suggestions) {
  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final int SUGGESTIONS_MAX = 6;
  private static final int TEXT_LENGTH_MAX = 500;

  public Branding {
    if (!COLOR.matcher(color).matches()) {
      throw new IllegalArgumentException("color: '%s' is not #rrggbb".formatted(color));
    }
    name = checked("name", name);
    greeting = checked("greeting", greeting);
    suggestions = Map.copyOf(suggestions);
    suggestions.forEach(
        (language, all) -> {
          if (all.size() > SUGGESTIONS_MAX) {
            throw new IllegalArgumentException(
                "suggestions.%s: more than %d".formatted(language.tag(), SUGGESTIONS_MAX));
          }
          all.forEach(text -> requireShort("suggestions", text));
        });
  }

  private static Map<Language, String> checked(String key, Map<Language, String> texts) {
    texts.values().forEach(text -> requireShort(key, text));
    return Map.copyOf(texts);
  }

  private static void requireShort(String key, String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "%s: a text has more than %d characters".formatted(key, TEXT_LENGTH_MAX));
    }
  }
}
