package io.fengda.answerer;

import java.util.ArrayList;
import java.util.List;

/** A text in pieces that can be streamed: joined they are the text. */
final class AnswerPieces {
  private AnswerPieces() {}

  /** Pieces of at most so many code points, so that none ends between two surrogates. */
  static List<String> of(String text, int codePointsMax) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int codePointsLeft = text.codePointCount(start, text.length());
      int end = text.offsetByCodePoints(start, Math.min(codePointsMax, codePointsLeft));
      pieces.add(text.substring(start, end));
      start = end;
    }
    return pieces;
  }
}
