package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The user that PostgreSQL's programs run as: this JVM's, except that they refuse root. */
final class PostgresUser {
  private PostgresUser() {}

  /**
   * The command as it is or, for root, in a user namespace, where root is nobody and still owns its
   * files.
   */
  static List<String> run(List<String> command) {
    if (!isRoot()) {
      return command;
    }
    String unshare =
        Programs.find("unshare")
            .map(Path::toString)
            .orElseThrow(() -> refused("there is no unshare"));
    return Stream.concat(Stream.of(unshare, "-U"), command.stream()).toList();
  }

  static EmbeddedStartException refused(String reason) {
    return EmbeddedStartException.of(
        "PostgreSQL does not run as root, and %s: start Fengda as another user or set %s"
            .formatted(reason, "FENGDA_DATABASE_URL"));
  }

  private static boolean isRoot() {
    try {
      return Objects.equals(0, Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException noProc) {
      return "root".equals(System.getProperty("user.name"));
    }
  }
}
