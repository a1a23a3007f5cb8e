package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeFile;
import io.fengda.knowledge.NormalForm;
import io.fengda.tenant.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The knowledge of the demo tenants, as it is delivered. */
final class DemoKnowledgeTest {
  private static final Path DIRECTORY = Path.of("conf", "knowledge");

  /** What neither a bank nor a shop can answer. */
  private static final List<String> OUT_OF_SCOPE_CHINESE =
      List.of(
          "今天天气怎么样",
          "明天会下雨吗",
          "讲个笑话听听",
          "给我唱首歌吧",
          "世界上最高的山是哪座",
          "红烧肉怎么做才好吃",
          "北京有什么好玩的景点",
          "帮我写一首关于春天的诗",
          "昨晚的球赛谁赢了",
          "怎么减肥最快",
          "量子力学是什么意思",
          "帮我订一张去上海的机票",
          "附近有什么好吃的火锅店",
          "孩子发烧三十九度怎么办",
          "推荐几部好看的电影",
          "一加一等于几",
          "猫为什么喜欢睡觉",
          "帮我翻译一下这句英文",
          "太阳系有几颗行星",
          "如何学好钢琴",
          "高考志愿怎么填",
          "汽车发动机异响是什么原因",
          "给我讲讲唐朝的历史",
          "手机壁纸哪里下载好看的");

  private static final List<String> OUT_OF_SCOPE_ENGLISH =
      List.of(
          "What is the weather like today",
          "Will it rain tomorrow",
          "Tell me a joke",
          "Sing me a song",
          "What is the highest mountain in the world",
          "How do I cook spaghetti carbonara",
          "What are the best sights in Paris",
          "Write me a poem about spring",
          "Who won the football match last night",
          "How can I lose weight quickly",
          "Explain quantum mechanics",
          "Book me a flight to Shanghai",
          "Is there a good pizza place nearby",
          "My child has a fever, what should I do",
          "Recommend a good film",
          "What is two plus two",
          "Why do cats sleep so much",
          "Translate this sentence into French",
          "How many planets are in the solar system",
          "How do I learn to play the piano",
          "Which university should I apply to",
          "My car engine makes a strange noise",
          "Who was the first emperor of Rome",
          "How tall is the Eiffel Tower");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  @Test
  void theDemoTenantsKnowSomething() throws IOException {
    assertFalse(files().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyQuestionFindsItsEntryAndEveryAlternativeAnEntryOfThatWording(Path file)
      throws IOException {
    List<KnowledgeEntry> entries = KnowledgeFile.read(file);
    for (Language language : Language.values()) {
      KnowledgeIndex index = KnowledgeIndex.of(language, entries);
      for (KnowledgeEntry entry : spoken(entries, language)) {
        assertEquals(Optional.of(new Match(entry, 1)), index.best(entry.question()));
        for (String alternative : entry.alternatives()) {
          Match match = index.best(alternative).orElseThrow();
          assertEquals(1, match.confidence());
          assertTrue(asks(match.entry(), alternative), alternative);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatIsOutOfScopeStaysBelowTheThreshold(Path file) throws IOException {
    List<KnowledgeEntry> entries = KnowledgeFile.read(file);
    for (Language language : Language.values()) {
      KnowledgeIndex index = KnowledgeIndex.of(language, entries);
      List<String> answered = new ArrayList<>(outOfScope(language));
      answered.removeIf(question -> confidence(index, question) < 0.3);
      assertTrue(answered.size() <= 2, answered::toString);
    }
  }

  /** Questions that no tenant of the demo can answer. */
  static List<String> outOfScope(Language language) {
    return switch (language) {
      case ZH -> OUT_OF_SCOPE_CHINESE;
      case EN -> OUT_OF_SCOPE_ENGLISH;
    };
  }

  private static List<KnowledgeEntry> spoken(List<KnowledgeEntry> entries, Language language) {
    return entries.stream().filter(entry -> entry.language() == language).toList();
  }

  private static boolean asks(KnowledgeEntry entry, String wording) {
    return Stream.concat(Stream.of(entry.question()), entry.alternatives().stream())
        .anyMatch(own -> NormalForm.of(own).equals(NormalForm.of(wording)));
  }

  private static double confidence(KnowledgeIndex index, String question) {
    return index.best(question).map(Match::confidence).orElse(0.0);
  }
}
