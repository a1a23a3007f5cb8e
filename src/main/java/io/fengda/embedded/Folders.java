package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Folders and files of the data directory. */
final class Folders {
  static final String SETTING = "FENGDA_DATA_DIR";

  private Folders() {}

  /** The folder's absolute path; makes it when it is missing, throws when it cannot be written. */
  static Path writable(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      Files.delete(Files.createTempFile(absolute, "write", ".tmp"));
      return absolute;
    } catch (IOException e) {
      throw EmbeddedStartException.of(
          "%s cannot be written (%s): set %s to a folder that can"
              .formatted(absolute, reason(e), SETTING),
          e);
    }
  }

  /** What went wrong, without the path that the message says anyway. */
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "access denied";
      case FileSystemException other ->
          Optional.ofNullable(other.getReason()).orElse(other.getClass().getSimpleName());
      default -> e.toString();
    };
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
