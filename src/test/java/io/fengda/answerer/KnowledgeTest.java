package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnowledgeTest {
  private static final TenantId HARBOR = TenantId.of("harbor");
  private static final String LINE =
      """
      {"id":"a","lang":"en","question":"hello","alternatives":[],"answer":"hi","source":""}\
      """;

  @TempDir private Path directory;

  @Test
  void everyFileNamedAfterATenantIsLoaded() throws IOException {
    Files.writeString(directory.resolve("harbor.jsonl"), LINE);
    Files.writeString(directory.resolve("empty.jsonl"), "");
    Files.writeString(directory.resolve("README.md"), "not knowledge");

    Knowledge knowledge = Knowledge.load(directory);

    assertEquals("hi", answer(knowledge, HARBOR, Language.EN, "hello"));
    assertEquals("", answer(knowledge, TenantId.of("empty"), Language.EN, "hello"));
    assertTrue(knowledge.tenant(TenantId.of("beeshop")).isEmpty());
  }

  @Test
  void aMissingDirectoryHoldsNoTenants() {
    assertTrue(Knowledge.load(directory.resolve("none")).tenant(HARBOR).isEmpty());
  }

  @Test
  void aFileThatIsNamedAfterNoTenantStopsTheStart() throws IOException {
    Path file = Files.writeString(directory.resolve("Harbor Bank.jsonl"), LINE);

    var thrown = assertThrows(InvalidKnowledgeException.class, () -> Knowledge.load(directory));

    assertEquals(file + ": not named after a tenant: [a-z0-9-]{1,32}.jsonl", thrown.getMessage());
  }

  @Test
  void aBrokenFileStopsTheStart() throws IOException {
    Files.writeString(directory.resolve("harbor.jsonl"), "{}");

    assertThrows(InvalidKnowledgeException.class, () -> Knowledge.load(directory));
  }

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
