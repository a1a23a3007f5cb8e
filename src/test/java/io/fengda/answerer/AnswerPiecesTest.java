package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerPiecesTest {
  private static final String TEXT = "您好😀😀!\n再见👋🏽";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 9, 10, 4096})
  void piecesJoinToTheTextAndSplitNoSurrogatePair(int codePointsMax) {
    List<String> pieces = AnswerPieces.of(TEXT, codePointsMax);

    assertEquals(TEXT, String.join("", pieces));
    for (String piece : pieces) {
      assertTrue(piece.codePointCount(0, piece.length()) <= codePointsMax, piece);
      assertFalse(Character.isLowSurrogate(piece.charAt(0)), piece);
      assertFalse(Character.isHighSurrogate(piece.charAt(piece.length() - 1)), piece);
    }
  }

  @Test
  void piecesAreAsLongAsAllowed() {
    assertEquals(List.of("您好😀", "😀!\n", "再见👋", "🏽"), AnswerPieces.of(TEXT, 3));
  }

  @Test
  void anEmptyTextHasNoPieces() {
    assertEquals(List.of(), AnswerPieces.of("", 3));
  }
}
