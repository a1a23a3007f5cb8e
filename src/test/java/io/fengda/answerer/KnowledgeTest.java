package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KnowledgeTest {
  private static final TenantId HARBOR = TenantId.of("harbor");

  @Test
  void aLanguageWithoutEntriesIsAnsweredInTheOther() {
    Knowledge knowledge =
        Knowledge.of(Map.of(HARBOR, List.of(Entries.english("a", "SWIFT code", "HRBR"))));

    assertEquals("HRBR", answer(knowledge, HARBOR, Language.ZH, "swift code"));
  }

  @Test
  void aLanguageWithEntriesIsNotAnsweredInTheOther() {
    Knowledge knowledge =
        Knowledge.of(
            Map.of(
                HARBOR,
                List.of(
                    Entries.chinese("a", "你好", "您好"), Entries.english("b", "SWIFT code", "H"))));

    assertEquals("", answer(knowledge, HARBOR, Language.ZH, "swift code"));
  }

  private static String answer(
      Knowledge knowledge, TenantId tenant, Language language, String question) {
    return knowledge
        .tenant(tenant)
        .orElseThrow()
        .best(language, question)
        .map(match -> match.entry().answer())
        .orElse("");
  }
}
