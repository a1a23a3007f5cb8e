package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.tenant.TenantId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammars of the three parts of a conversation's identity, and of a message's. */
class IdentityTest {
  private static final String LONGEST_TENANT = "t".repeat(32);
  private static final String LONGEST_NAME = "n".repeat(64);

  @ParameterizedTest
  @ValueSource(strings = {"harbor", "0", "-", "bank-2", "tttttttttttttttttttttttttttttttt"})
  void aTenantIdIsLowerCaseLettersDigitsAndHyphens(String value) {
    assertTrue(TenantId.isValid(value));
    assertEquals(value, new TenantId(value).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Harbor", "a_b", "a.b", "a b", "a:b", "a|b", "蜂", "a\n", "é", "٣"})
  void aTenantIdIsNothingElse(String value) {
    assertFalse(TenantId.isValid(value));
    assertThrows(IllegalArgumentException.class, () -> TenantId.of(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"u-1", "A", "zoe@example.com", "+86.139_0000-0000", "Z9"})
  void aCustomerIdMayBeAMailAddressOrAPhoneNumber(String value) {
    assertTrue(CustomerId.isValid(value));
    assertEquals(value, new CustomerId(value).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a|b", "a/b", "客户", "a\n", "a%40b", "a\u0000"})
  void aCustomerIdIsNothingElse(String value) {
    assertFalse(CustomerId.isValid(value));
    assertThrows(IllegalArgumentException.class, () -> new CustomerId(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "A", "order_7.b-2", "0191f7c2-0000-7000-8000-000000000001"})
  void conversationNamesAndMessageIdsShareAGrammar(String value) {
    assertTrue(ConversationId.isValidName(value));
    assertTrue(MessageId.isValid(value));
    assertEquals(value, new MessageId(value).toString());
    assertEquals(value, ConversationId.of("t", "c", value).name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a|b", "a@b", "a+b", "a/b", "对话", "a\n", "a\u200b"})
  void conversationNamesAndMessageIdsAreNothingElse(String value) {
    assertFalse(ConversationId.isValidName(value));
    assertFalse(MessageId.isValid(value));
    assertThrows(IllegalArgumentException.class, () -> ConversationId.of("t", "c", value));
    assertThrows(IllegalArgumentException.class, () -> new MessageId(value));
  }

  @Test
  void everyPartHasALongestForm() {
    assertTrue(TenantId.isValid(LONGEST_TENANT));
    assertTrue(CustomerId.isValid(LONGEST_NAME));
    assertTrue(ConversationId.isValidName(LONGEST_NAME));
    assertTrue(MessageId.isValid(LONGEST_NAME));

    assertFalse(TenantId.isValid(LONGEST_TENANT + "t"));
    assertFalse(CustomerId.isValid(LONGEST_NAME + "n"));
    assertFalse(ConversationId.isValidName(LONGEST_NAME + "n"));
    assertFalse(MessageId.isValid(LONGEST_NAME + "n"));
  }

  @Test
  void anEntityIdIsReadBack() {
    ConversationId id = ConversationId.of("harbor", "zoe@example.com", ConversationId.MAIN);

    String entityId = id.entityId();

    assertEquals("harbor:zoe@example.com:main", entityId);
    assertEquals(entityId, id.toString());
    assertEquals(id, ConversationId.parse(entityId));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "harbor", "harbor:zoe", "harbor:zoe:main:", "harbor::main", "::"})
  void anEntityIdHasExactlyThreeParts(String entityId) {
    assertThrows(IllegalArgumentException.class, () -> ConversationId.parse(entityId));
  }

  @Test
  void theSameNameIsAnotherConversationForAnotherCustomerOrTenant() {
    ConversationId mine = ConversationId.of("harbor", "u-1", "main");

    assertNotEquals(mine, ConversationId.of("harbor", "u-2", "main"));
    assertNotEquals(mine, ConversationId.of("beeshop", "u-1", "main"));
    assertEquals(mine, ConversationId.of("harbor", "u-1", "main"));
  }
}
