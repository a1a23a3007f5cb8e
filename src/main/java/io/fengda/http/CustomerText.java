package io.fengda.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.conversation.model.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Checks what a customer sends before it becomes part of a conversation. */
final class CustomerText {
  private CustomerText() {}

  /** The text, if it is one: not blank, of valid characters, not too long. */
  static String checked(String text, int bytesMax) {
    if (text.isBlank()) {
      throw ProblemException.at("/text", Problem.INVALID_FIELD, "the text is empty");
    }
    text.codePoints().forEach(CustomerText::requireValid);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > bytesMax) {
      throw ProblemException.at(
          "/text", Problem.TEXT_TOO_LONG, "%d bytes of at most %d".formatted(bytes, bytesMax));
    }
    return text;
  }

  private static void requireValid(int codePoint) {
    boolean loneSurrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    boolean control =
        Character.getType(codePoint) == Character.CONTROL
            && codePoint != '\n'
            && codePoint != '\r'
            && codePoint != '\t';
    if (loneSurrogate || control) {
      throw ProblemException.at(
          "/text", Problem.INVALID_FIELD, "U+%04X can not be part of a text".formatted(codePoint));
    }
  }

  /** A message that is no text is refused until a vendor can be configured for its kind. */
  static void requireText(JsonNode json) {
    String kind = Json.string(json, "kind").orElse("text");
    switch (kind) {
      case "text" -> {}
      case "image", "voice" ->
          throw ProblemException.at(
              "/kind", Problem.KIND_NOT_ANSWERED, "the tenant has no vendor for " + kind);
      default ->
          throw ProblemException.at(
              "/kind", Problem.INVALID_FIELD, "expected text, image or voice");
    }
  }

  static MessageId checkedId(String id) {
    if (!MessageId.isValid(id)) {
      throw ProblemException.at(
          "/messageId", Problem.INVALID_FIELD, "expected [A-Za-z0-9_.-]{1,64}");
    }
    return new MessageId(id);
  }

  /** An id for a message whose sender gave it none. */
  static MessageId newId() {
    return new MessageId(UUID.randomUUID().toString());
  }
}
