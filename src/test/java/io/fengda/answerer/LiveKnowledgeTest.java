package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.knowledge.InvalidKnowledgeException;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveKnowledgeTest {
  private static final TenantId HARBOR = TenantId.of("harbor");
  private static final String HELLO = line("a", "hello", "hi");

  /** Has no word in common with its paraphrase. */
  private static final String LOST = line("b", "I lost my bank card", "Call us.");

  private static final String LOST_PARAPHRASE = "my debit plastic went missing yesterday";

  @TempDir private Path directory;
  private final List<LiveKnowledge> started = new ArrayList<>();

  @AfterEach
  void close() {
    started.forEach(LiveKnowledge::close);
  }

  @Test
  void everyFileNamedAfterATenantIsLoaded() throws IOException {
    write("harbor.jsonl", HELLO);
    write("empty.jsonl");
    write("README.md", "not knowledge");

    start();

    assertEquals("hi", answer(HARBOR, "hello"));
    assertEquals("", answer(TenantId.of("empty"), "hello"));
    assertTrue(knows(TenantId.of("beeshop")).isEmpty());
  }

  @Test
  void aMissingDirectoryHoldsNoTenants() {
    start(directory.resolve("none"));

    assertTrue(knows(HARBOR).isEmpty());
  }

  @Test
  void aFileThatIsNamedAfterNoTenantStopsTheStart() throws IOException {
    Path file = write("Harbor Bank.jsonl", HELLO);

    var thrown = assertThrows(InvalidKnowledgeException.class, this::start);

    assertEquals(file + ": not named after a tenant: [a-z0-9-]{1,32}.jsonl", thrown.getMessage());
  }

  @Test
  void aBrokenFileStopsTheStart() throws IOException {
    write("harbor.jsonl", "{}");

    assertThrows(InvalidKnowledgeException.class, this::start);
  }

  @Test
  void meaningsFollowInTheBackground() throws IOException {
    write("harbor.jsonl", HELLO, LOST);

    start();

    await(() -> assertEquals("Call us.", answer(HARBOR, LOST_PARAPHRASE)));
  }

  @Test
  void aFileThatChangesIsTakenUp() throws IOException {
    write("harbor.jsonl", HELLO);
    start();

    write("harbor.jsonl", HELLO, LOST);
    await(() -> assertEquals("Call us.", answer(HARBOR, "I lost my bank card!")));

    write("beeshop.jsonl", line("a", "opening hours", "Always."));
    await(() -> assertTrue(knows(TenantId.of("beeshop")).isPresent()));

    Files.delete(directory.resolve("harbor.jsonl"));
    await(() -> assertTrue(knows(HARBOR).isEmpty()));
  }

  @Test
  void aChangeThatBreaksTheFormatLeavesWhatWasKnown() throws IOException {
    write("harbor.jsonl", HELLO);
    start();

    write("harbor.jsonl", "{");
    write("beeshop.jsonl", line("a", "opening hours", "Always."));
    await(() -> assertTrue(knows(TenantId.of("beeshop")).isPresent()));
    assertEquals("hi", answer(HARBOR, "hello"));

    write("harbor.jsonl", line("a", "hello", "good day"));
    await(() -> assertEquals("good day", answer(HARBOR, "hello")));
  }

  @Test
  void aNameThatIsNoTenantsKeepsNoOtherFromItsChange() throws IOException {
    write("harbor.jsonl", HELLO);
    start();

    write("acme (copy).jsonl", HELLO);
    write("harbor.jsonl", line("a", "hello", "good day"));

    await(() -> assertEquals("good day", answer(HARBOR, "hello")));
  }

  private void start() {
    start(directory);
  }

  private void start(Path directory) {
    started.add(LiveKnowledge.start(directory, Duration.ofMillis(100), KnowledgeStore.NONE));
  }

  private Optional<TenantKnowledge> knows(TenantId tenant) {
    return started.getLast().tenant(tenant);
  }

  private Path write(String name, String... lines) throws IOException {
    Path file = Files.write(directory.resolve(name), List.of(lines));
    // File systems keep times in ticks of up to a second or two.
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusNanos(System.nanoTime())));
    return file;
  }

  private static void await(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }

  private String answer(TenantId tenant, String question) {
    return knows(tenant)
        .orElseThrow()
        .best(Language.EN, question)
        .map(match -> match.entry().answer())
        .orElse("");
  }

  private static String line(String id, String question, String answer) {
    return """
    {"id":"%s","lang":"en","question":"%s","alternatives":[],"answer":"%s","source":""}\
    """
        .formatted(id, question, answer);
  }
}
