package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The lock file {@code postmaster.pid} of a PostgreSQL server, which may be gone already.
 *
 * @param ready whether the server accepts connections
 */
record PostmasterFile(long pid, boolean ready) {
  private static final int STATUS_LINE = 7;

  /** Empty if there is no file, or none with a process id. */
  static Optional<PostmasterFile> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      long pid = Long.parseLong(lines.getFirst().strip());
      return Optional.of(new PostmasterFile(pid, isReady(lines)));
    } catch (IOException | NumberFormatException | java.util.NoSuchElementException e) {
      return Optional.empty();
    }
  }

  private static boolean isReady(List<String> lines) {
    return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).startsWith("ready");
  }
}
