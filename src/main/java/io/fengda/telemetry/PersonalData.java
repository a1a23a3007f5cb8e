package io.fengda.telemetry;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes what names a person out of a text before it reaches a log: e-mail addresses, phone numbers,
 * identity and bank cards, and postal addresses, as they are written in China and in English.
 *
 * <p>It goes by form and not by meaning, and rather takes a number too many: every number of 14 to
 * 19 digits counts as a card's, whether its check digit is right or not. What has no such form (a
 * name, a password) it can not know; for that reason texts of customers are not logged at all.
 */
public final class PersonalData {
  private record Form(Pattern pattern, String placeholder) {}

  private static final List<Form> FORMS =
      List.of(
          form(
              "[\\w.%+-]{1,64}(?:@|%40)(?:[\\p{Alnum}-]{1,63}\\.){1,8}\\p{Alpha}{2,24}(?!\\w)",
              "[e-mail]"),
          // Resident identity card: 17 digits and a check character (GB 11643).
          form("(?<!\\d)\\d{17}[\\dXx](?!\\w)", "[id]"),
          // Payment cards have 14 to 19 digits (ISO/IEC 7812), in groups or not.
          form("(?<!\\d)\\d(?:[ -]?\\d){13,18}(?!\\d)", "[card]"),
          // Mobile numbers of China, with or without the country's code.
          form("(?<!\\d)(?:\\+?86[ -]?)?1[3-9]\\d[ -]?\\d{4}[ -]?\\d{4}(?!\\d)", "[phone]"),
          form("(?<!\\d)\\(?0\\d{2,3}\\)?[ -]?\\d{7,8}(?!\\d)", "[phone]"),
          // E.164, and the North American form.
          form("(?:\\+|%2B)\\d{1,3}(?:[ .-]?\\(?\\d{1,4}\\)?){2,5}+(?!\\d)", "[phone]"),
          form("(?<![\\d.])\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}(?!\\d)", "[phone]"),
          // 浙江省杭州市西湖区文三路 90 号 3 幢 502 室
          form(
              "\\p{IsHan}{1,24}(?:路|街|道|巷|弄|里|村|胡同|小区|花园|公寓|大厦|新村|苑)"
                  + "\\s?\\d{1,5}\\s?(?:号|弄|栋|幢|座|单元|室|楼|层)"
                  + "(?:\\s?[\\p{IsHan}\\p{Alnum}-]{1,12}\\s?(?:号|栋|幢|座|单元|室|楼|层)){0,4}",
              "[address]"),
          form(
              "\\p{IsHan}{2,8}(?:省|自治区|市)\\p{IsHan}{1,8}(?:市|区|县|旗|镇|街道)" + "[\\p{IsHan}\\d]{0,24}",
              "[address]"),
          form(
              "\\b\\d{1,5}[A-Za-z]? (?:[A-Z][\\w.']{0,24} ){1,4}"
                  + "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct"
                  + "|Square|Sq|Way|Place|Pl)\\b",
              "[address]"));

  private PersonalData() {}

  private static Form form(String regex, String placeholder) {
    return new Form(Pattern.compile(regex), placeholder);
  }

  /** The text with a placeholder, as {@code [phone]}, for each thing that names a person. */
  public static String mask(String text) {
    String masked = text;
    for (Form form : FORMS) {
      masked = form.pattern().matcher(masked).replaceAll(form.placeholder());
    }
    return masked;
  }
}
