package io.fengda.knowledge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.tenant.Language;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KnowledgeFileTest {
  private static final String GOOD =
      """
      {"id":"a","lang":"zh","question":"你好","alternatives":["您好"],"answer":"好","source":"s"}\
      """;

  @TempDir private Path directory;

  @Test
  void entriesAreReadInOrderAndBlankLinesSkipped() throws IOException {
    Path file =
        written("\n" + GOOD + "\r\n  \n" + GOOD.replace("\"a\"", "\"b\"").replace("zh", "en"));

    List<KnowledgeEntry> entries = KnowledgeFile.read(file);

    KnowledgeEntry first = new KnowledgeEntry("a", Language.ZH, "你好", List.of("您好"), "好", "s");
    KnowledgeEntry second = new KnowledgeEntry("b", Language.EN, "你好", List.of("您好"), "好", "s");
    assertEquals(List.of(first, second), entries);
  }

  @Test
  void anEmptyFileHasNoEntries() throws IOException {
    assertEquals(List.of(), KnowledgeFile.read(written("")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "source":"s"          | "source":"s","x":1                | unknown field "x"
          ,"source":"s"         | ``                                | missing field "source"
          "id":"a"              | "id":7                            | "id" is not a string
          "id":"a"              | "id":null                         | "id" is not a string
          "id":"a"              | "id":"a","id":"b"                 | Duplicate field 'id'
          "id":"a"              | "id":" "                          | "id" is empty
          "lang":"zh"           | "lang":"fr"                       | unknown lang "fr"
          "lang":"zh"           | "lang":"ZH"                       | unknown lang "ZH"
          "question":"你好"       | "question":""                     | "question" is empty
          "question":"你好"       | "question":"？！"                   | a question without any word
          "question":"你好"       | "question":"\\ud800"              | half a surrogate pair
          "answer":"好"          | "answer":" "                      | "answer" is empty
          ["您好"]                | "您好"                              | "alternatives" is not an array
          ["您好"]                | ["您好",1]                          | an element of "alternatives"
          ["您好"]                | [""]                              | a question without any word
          {"id"                 | [{"id"                            | not JSON
          {"id":"a"             | {} {"id":"a"                      | not JSON
          """)
  void aLineThatBreaksTheFormatIsNamed(String part, String broken, String fault)
      throws IOException {
    assertTrue(GOOD.contains(part));
    Path file =
        written(
            GOOD.replace("\"a\"", "\"first\"").replace("你好", "早")
                + "\n"
                + GOOD.replace(part, broken));

    assertFault(file, 2, fault);
  }

  @Test
  void anIdOrAQuestionMayStandOnlyOnce() throws IOException {
    assertFault(written(GOOD + "\n\n" + GOOD), 3, "id \"a\" is already on line 1");
    assertFault(
        written(GOOD + "\n" + GOOD.replace("\"a\"", "\"b\"").replace("你好", "你 好！")),
        2,
        "question is already asked on line 1");
  }

  @Test
  void textsMayBeAsLongAsTheirBoundAndNoLonger() throws IOException {
    String longest = "好😀".repeat(KnowledgeEntry.QUESTION_CODE_POINTS_MAX / 2);
    String answer = "a".repeat(KnowledgeEntry.ANSWER_BYTES_MAX);

    Path file = written(GOOD.replace("你好", longest).replace("\"好\"", "\"" + answer + "\""));

    assertEquals(longest, KnowledgeFile.read(file).getFirst().question());
    assertFault(written(GOOD.replace("你好", longest + "好")), 1, "\"question\" is longer than 512");
    assertFault(written(GOOD.replace("您好", longest + "好")), 1, "\"alternatives\" is longer than");
    assertFault(
        written(GOOD.replace("\"好\"", "\"" + answer + "a\"")), 1, "\"answer\" is longer than 8192");
  }

  @Test
  void bytesThatAreNotUtf8AndEndlessLinesAreNamed() throws IOException {
    Path latin = directory.resolve("latin.jsonl");
    Files.write(latin, (GOOD + "\nz\u00fcrich").getBytes(StandardCharsets.ISO_8859_1));

    assertFault(written(" ".repeat(KnowledgeFile.LINE_BYTES_MAX + 1)), 1, "line longer than");
    Files.write(latin, new byte[] {'\n', (byte) 0xfc, '\n'});
    assertFault(latin, 2, "not UTF-8");
  }

  @Test
  void theHundredThousandAndFirstEntryIsTooMany() throws IOException {
    Path file = directory.resolve("many.jsonl");
    try (Writer writer = Files.newBufferedWriter(file)) {
      for (int i = 0; i <= KnowledgeFile.ENTRIES_MAX; i++) {
        writer.write(GOOD.replace("\"a\"", "\"" + i + "\"").replace("你好", "你好" + i) + "\n");
      }
    }

    assertFault(file, KnowledgeFile.ENTRIES_MAX + 1, "more than 100000 entries");
  }

  private Path written(String text) throws IOException {
    return Files.writeString(directory.resolve("harbor.jsonl"), text);
  }

  private static void assertFault(Path file, int line, String fault) {
    var thrown = assertThrows(InvalidKnowledgeException.class, () -> KnowledgeFile.read(file));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith(file + ":" + line + ": "), message);
    assertTrue(message.contains(fault), message);
    assertFalse(message.contains("\n"), message);
  }
}
