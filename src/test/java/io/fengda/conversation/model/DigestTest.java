package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class DigestTest {

  @Test
  void isTheStartOfTheSha256() {
    assertEquals(new Digest(0xe3b0c44298fc1c14L), Digest.of(""));
    assertEquals(new Digest(0xba7816bf8f01cfeaL), Digest.of("abc"));
  }

  @Test
  void readsTheTextAsUtf8WhateverThePlatform() {
    assertEquals(new Digest(0x72726d8818f69306L), Digest.of("中文"));
  }

  @Test
  void isTheSameForTheSameTextOnly() {
    String text = "转账到 😀";

    assertEquals(Digest.of(text), Digest.of("转账到 " + Character.toString(0x1F600)));
    assertNotEquals(Digest.of(text), Digest.of("转账到 😁"));
    assertNotEquals(Digest.of("a"), Digest.of("a "));
    assertNotEquals(Digest.of("a"), Digest.of("A"));
  }
}
