package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that a service writes to, from one start to the next. */
record ServiceLog(String service, Path file) {
  private static final Logger log = LoggerFactory.getLogger(ServiceLog.class);
  private static final int TAIL_BYTES_MAX = 16 * 1024;

  static ServiceLog of(String service, Path file) {
    return new ServiceLog(service, file);
  }

  /** Begins anew, keeping what the start before wrote in a file {@code .1}. */
  void rotate() throws IOException {
    if (Files.exists(file)) {
      Path former = file.resolveSibling(file.getFileName() + ".1");
      Files.move(file, former, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Reports a service that ended though nobody stopped it. */
  void ended(int status) {
    log.error("{} ended by itself with status {}: see {}", service, status, file);
  }

  Redirect append() {
    return Redirect.appendTo(file.toFile());
  }

  /** The last line with one of the words in it; else the last line. */
  String lastLine(String... words) {
    List<String> lines = tail().lines().filter(Predicate.not(String::isBlank)).toList();
    return lines.reversed().stream()
        .filter(line -> List.of(words).stream().anyMatch(line::contains))
        .findFirst()
        .or(() -> lines.reversed().stream().findFirst())
        .orElse("it said nothing")
        .strip();
  }

  EmbeddedStartException failure(String reason, Throwable cause) {
    return EmbeddedStartException.of(line(reason), cause);
  }

  EmbeddedStartException failure(String reason) {
    return EmbeddedStartException.of(line(reason));
  }

  private String line(String reason) {
    return "%s did not start (%s): see %s, or set %s to another folder"
        .formatted(service, reason, file, Folders.SETTING);
  }

  private String tail() {
    try (var channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES_MAX));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
