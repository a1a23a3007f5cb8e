package io.fengda.knowledge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class NormalFormTest {
  @Test
  void caseWidthSpaceAndPunctuationMakeNoDifference() {
    assertEquals("whatisatm2", NormalForm.of(" What is…\tＡＴＭ－２？ "));
    assertEquals("你好", NormalForm.of("　你 好～！\u200b"));
  }

  @Test
  void whatSaysNothingLeavesNothing() {
    assertEquals("", NormalForm.of(""));
    assertEquals("", NormalForm.of(" \n？！…—「」\ud83d"));
  }

  @Test
  void emojiAndSymbolsAreKept() {
    assertEquals("c++😀", NormalForm.of("C++ 😀"));
  }
}
