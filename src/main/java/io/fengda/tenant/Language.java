package io.fengda.tenant;

import java.util.Locale;

/** A language that Fengda answers in. */
public enum Language {
  ZH,
  EN;

  /** The BCP 47 tag. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The language of a BCP 47 tag's primary subtag; Chinese where it is none that Fengda speaks. */
  public static Language ofTag(String tag) {
    return tag.toLowerCase(Locale.ROOT).startsWith("en") ? EN : ZH;
  }

  /** Chinese where there is a Han character, English where there are only other letters. */
  public static Language ofText(String text, Language otherwise) {
    if (text.codePoints().anyMatch(Character::isIdeographic)) {
      return ZH;
    }
    return text.codePoints().anyMatch(Character::isLetter) ? EN : otherwise;
  }
}
