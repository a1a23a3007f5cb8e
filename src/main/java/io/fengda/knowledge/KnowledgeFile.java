package io.fengda.knowledge;

import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a tenant knows, as a file of JSON lines in UTF-8.
 *
 * <p>A line is {@code {"id", "lang": "zh"|"en", "question", "alternatives": [], "answer",
 * "source"}}, all of it required and nothing else allowed; blank lines are skipped. The bounds of
 * the texts are those of {@link KnowledgeEntry}.
 */
public final class KnowledgeFile {
  public static final int ENTRIES_MAX = 100_000;
  static final int LINE_BYTES_MAX = 256 * 1024;
  private static final String SUFFIX = ".jsonl";

  private final Path file;
  private final List<KnowledgeEntry> entries = new ArrayList<>();
  private final Map<String, Integer> linesOfIds = new HashMap<>();
  private final Map<Asked, Integer> linesOfQuestions = new HashMap<>();
  private int lineNumber;

  private KnowledgeFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the entries of a file, line by line, in their order; at most {@link #ENTRIES_MAX}.
   *
   * @throws InvalidKnowledgeException at the first line that breaks the format
   * @throws IOException if the file cannot be read
   */
  public static List<KnowledgeEntry> read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return new KnowledgeFile(file).read(in);
    }
  }

  /**
   * The files {@code <tenant>.jsonl} of a directory; none where it does not exist.
   *
   * @param onFault told of a file that is not named after a tenant
   * @throws InvalidKnowledgeException if the directory cannot be listed
   */
  public static Map<TenantId, Path> inDirectory(
      Path directory, Consumer<InvalidKnowledgeException> onFault) {
    Map<TenantId, Path> files = new LinkedHashMap<>();
    if (!Files.isDirectory(directory)) {
      return files;
    }
    try (Stream<Path> all = Files.list(directory)) {
      all.filter(file -> file.toString().endsWith(SUFFIX))
          .sorted()
          .forEach(
              file -> {
                try {
                  files.put(tenantOf(file), file);
                } catch (InvalidKnowledgeException fault) {
                  onFault.accept(fault);
                }
              });
      return files;
    } catch (IOException e) {
      throw InvalidKnowledgeException.in(directory, "cannot be listed: " + e);
    }
  }

  private static TenantId tenantOf(Path file) {
    String name = file.toFile().getName();
    String tenant = name.substring(0, name.length() - SUFFIX.length());
    if (!TenantId.isValid(tenant)) {
      throw InvalidKnowledgeException.in(file, "not named after a tenant: [a-z0-9-]{1,32}.jsonl");
    }
    return TenantId.of(tenant);
  }

  private List<KnowledgeEntry> read(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean more = true;
    while (more) {
      lineNumber++;
      line.reset();
      more = readLine(in, line);
      addLine(line.toByteArray());
    }
    return List.copyOf(entries);
  }

  /** Whether there is another line after this one. */
  private boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
    int next = in.read();
    while (next >= 0 && next != '\n') {
      line.write(next);
      require(line.size() <= LINE_BYTES_MAX, "line longer than " + LINE_BYTES_MAX + " bytes");
      next = in.read();
    }
    return next >= 0;
  }

  private void addLine(byte[] line) {
    try {
      KnowledgeLine.parse(line).ifPresent(this::add);
    } catch (KnowledgeLine.Fault fault) {
      throw InvalidKnowledgeException.at(file, lineNumber, fault.getMessage());
    }
  }

  private void add(KnowledgeEntry entry) {
    require(entries.size() < ENTRIES_MAX, "more than " + ENTRIES_MAX + " entries");
    Integer sameId = linesOfIds.putIfAbsent(entry.id(), lineNumber);
    require(sameId == null, "id \"" + entry.id() + "\" is already on line " + sameId);
    Integer sameQuestion = linesOfQuestions.putIfAbsent(Asked.by(entry), lineNumber);
    require(sameQuestion == null, "question is already asked on line " + sameQuestion);
    entries.add(entry);
  }

  private void require(boolean holds, String fault) {
    if (!holds) {
      throw InvalidKnowledgeException.at(file, lineNumber, fault);
    }
  }

  private record Asked(Language language, String normalForm) {
    static Asked by(KnowledgeEntry entry) {
      return new Asked(entry.language(), NormalForm.of(entry.question()));
    }
  }
}
