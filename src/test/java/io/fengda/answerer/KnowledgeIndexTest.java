package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KnowledgeIndexTest {
  private static final double THRESHOLD = 0.3;
  private static final KnowledgeIndex CHINESE = KnowledgeIndex.of(Language.ZH, Entries.ALL);
  private static final KnowledgeIndex ENGLISH = KnowledgeIndex.of(Language.EN, Entries.ALL);

  @Test
  void theWordingItselfIsCertainWhateverItsCaseWidthSpaceAndPunctuation() {
    Match card = new Match(Entries.CARD_LOST, 1);
    assertEquals(Optional.of(card), CHINESE.best("银行卡丢了怎么办？"));
    assertEquals(Optional.of(card), CHINESE.best(" 银行卡丢了，怎么办!! "));
    assertEquals(Optional.of(card), CHINESE.best("我要挂失"));
    assertEquals(
        Optional.of(new Match(Entries.LOST_CARD, 1)), ENGLISH.best("i lost my ＢＡＮＫ card."));
  }

  @Test
  void aQuestionComesBeforeAnAlternativeOfTheSameWording() {
    KnowledgeEntry alternative = Entries.english("first", "opening hours", "9 to 5", "Help!");
    KnowledgeEntry question = Entries.english("second", "help", "Here we are.");

    KnowledgeIndex index = KnowledgeIndex.of(Language.EN, List.of(alternative, question));

    assertEquals(Optional.of(new Match(question, 1)), index.best("help"));
  }

  @Test
  void ofTwoEntriesAsNearTheFirstWins() {
    KnowledgeEntry first = Entries.english("1", "cards", "They are blue.", "shared wording");
    KnowledgeEntry second = Entries.english("2", "loans", "They are blue.", "shared wording");

    KnowledgeIndex index = KnowledgeIndex.of(Language.EN, List.of(first, second));

    assertEquals("1", index.best("a shared wording, please").orElseThrow().entry().id());
    assertEquals("1", index.best("shared wording").orElseThrow().entry().id());
  }

  @Test
  void aParaphraseIsFoundButIsLessThanCertain() {
    assertFound(Entries.CARD_LOST, CHINESE.best("银行卡弄丢了怎么办呀"));
    assertFound(Entries.BALANCE, CHINESE.best("我想查余额"));
    assertFound(Entries.TRANSFER_LIMIT, CHINESE.best("一天最多能转账多少钱"));
    assertFound(Entries.LOST_CARD, ENGLISH.best("what if my bank card is lost"));
    assertFound(Entries.FEES, ENGLISH.best("the cost of a transfer"));
  }

  @Test
  void aQuestionIsFoundByWordsThatOnlyTheAnswerHas() {
    assertEquals(Entries.LOST_CARD, ENGLISH.best("number of the hotline").orElseThrow().entry());
  }

  @ParameterizedTest
  @ValueSource(strings = {"今天天气怎么样", "讲个笑话听听", "红烧肉怎么做才好吃", "太阳系有几颗行星"})
  void whatIsOutOfScopeIsFarFromEverythingInChinese(String question) {
    assertTrue(confidence(CHINESE, question) < THRESHOLD, question);
  }

  @ParameterizedTest
  @ValueSource(strings = {"What's the weather like?", "Tell me a joke", "Who won the match?"})
  void whatIsOutOfScopeIsFarFromEverythingInEnglish(String question) {
    assertTrue(confidence(ENGLISH, question) < THRESHOLD, question);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n\t",
        "？！。",
        "the of and to",
        "的了吗呢",
        "😀😀😀",
        "\ud83d",
        "\udc00卡\ud83d",
        "*:*",
        "a AND (b OR",
        "card~2^9 +lost -bank",
        "[a TO z]",
        "\"lost",
        "\\",
        "/(a+)+$/",
        "term:card",
        "\u0000",
        "\ufdfa",
        "e\u0301\u0301\u0301"
      })
  void oddInputIsHarmless(String question) {
    for (KnowledgeIndex index : List.of(CHINESE, ENGLISH)) {
      double confidence = confidence(index, question);
      assertTrue(confidence >= 0 && confidence < 1, question);
    }
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void aTextOfEightKibibytesIsHarmless(Language language) {
    KnowledgeIndex index = language == Language.ZH ? CHINESE : ENGLISH;
    StringBuilder text = new StringBuilder("银行卡丢了 I lost my bank card ");
    for (int i = 0; text.length() < 8_000; i++) {
      text.append(" word").append(i).append(Character.toString(0x4e00 + i));
    }

    double confidence = confidence(index, text.toString());

    assertTrue(confidence < THRESHOLD, "" + confidence);
  }

  @Test
  void anyTextAtAllIsHarmless() {
    Random random = new Random(20261122);
    for (int i = 0; i < 300; i++) {
      String text =
          random
              .ints(1 + random.nextInt(60), 0, 0x30000)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      assertDoesNotThrow(() -> CHINESE.best(text), text);
      assertDoesNotThrow(() -> ENGLISH.best(text), text);
    }
  }

  @Test
  void anIndexWithoutEntriesFindsNothing() {
    assertEquals(Optional.empty(), KnowledgeIndex.of(Language.ZH, List.of()).best("你好"));
  }

  private static void assertFound(KnowledgeEntry entry, Optional<Match> match) {
    assertEquals(entry.id(), match.orElseThrow().entry().id());
    double confidence = match.orElseThrow().confidence();
    assertTrue(confidence >= THRESHOLD && confidence < 1, "" + confidence);
  }

  private static double confidence(KnowledgeIndex index, String question) {
    return index.best(question).map(Match::confidence).orElse(0.0);
  }
}
