package io.fengda.knowledge;

import java.text.Normalizer;
import java.util.Locale;

/** The form in which two questions are the same question. */
public final class NormalForm {
  private NormalForm() {}

  /**
   * The text in NFKC and lower case, without white space, punctuation, control characters and lone
   * surrogates; empty where nothing else is in it.
   */
  public static String of(String text) {
    String lower = compatible(text).toLowerCase(Locale.ROOT);
    StringBuilder kept = new StringBuilder(lower.length());
    lower.codePoints().filter(NormalForm::carriesMeaning).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  /** The text in NFKC: full-width letters and digits become plain ones. */
  public static String compatible(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC);
  }

  private static boolean carriesMeaning(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE ->
          false;
      // The wave at the end of a friendly question is a symbol to Unicode, not punctuation.
      default -> codePoint != '~';
    };
  }
}
