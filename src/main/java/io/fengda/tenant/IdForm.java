package io.fengda.tenant;

/**
 * What an id looks like: {@code [letters]{1,max}}. Each turn's ids are checked wherever a record or
 * a request is read, some forty times, for which a regular expression is too slow.
 */
public final class IdForm {
  private static final int ASCII = 128;

  private final boolean[] allowed = new boolean[ASCII];
  private final int max;
  private final String description;

  /**
   * A form.
   *
   * @param letters ASCII characters, and ranges of them like {@code a-z}; a hyphen comes last
   */
  public IdForm(String letters, int max) {
    this.max = max;
    this.description = "[%s]{1,%d}".formatted(letters, max);
    for (int i = 0; i < letters.length(); i++) {
      boolean isRange = i + 2 < letters.length() && letters.charAt(i + 1) == '-';
      char last = isRange ? letters.charAt(i + 2) : letters.charAt(i);
      for (char letter = letters.charAt(i); letter <= last; letter++) {
        allowed[letter] = true;
      }
      i += isRange ? 2 : 0;
    }
  }

  public boolean matches(String id) {
    if (id.isEmpty() || id.length() > max) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char letter = id.charAt(i);
      if (letter >= ASCII || !allowed[letter]) {
        return false;
      }
    }
    return true;
  }

  /** As a regular expression. */
  @Override
  public String toString() {
    return description;
  }
}
