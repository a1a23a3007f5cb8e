package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every source is formatted by google-java-format; {@code -Dfengda.format=write} does it. */
class SourceFormatTest {
  private static final boolean WRITES = "write".equals(System.getProperty("fengda.format"));

  @Test
  void everySourceIsFormatted() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src"))) {
      List<Path> unformatted =
          sources
              .filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !isFormatted(path))
              .toList();

      assertEquals(
          List.of(), unformatted, "mvn test -Dtest=SourceFormatTest -Dfengda.format=write");
    }
  }

  private static boolean isFormatted(Path path) {
    try {
      String source = Files.readString(path);
      String formatted =
          new Formatter()
              .formatSource(
                  ImportOrderer.reorderImports(
                      RemoveUnusedImports.removeUnusedImports(source),
                      JavaFormatterOptions.Style.GOOGLE));
      if (WRITES) {
        Files.writeString(path, formatted);
        return true;
      }
      return formatted.equals(source);
    } catch (FormatterException | IOException e) {
      throw new UncheckedIOException(new IOException(path.toString(), e));
    }
  }
}
