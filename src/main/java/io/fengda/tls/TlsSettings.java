package io.fengda.tls;

import com.typesafe.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PEM files of one kind of connection.
 *
 * @param setting where they are named, for errors: {@code fengda.http.tls}
 * @param certificate the chain that says who we are, our own first; empty: nobody
 * @param key its private key (PKCS #8 or PKCS #1), not encrypted
 * @param trust certificates of authorities that we trust; empty: the usual ones
 * @param reload how often it is looked whether a file has changed
 */
public record TlsSettings(
    String setting,
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> trust,
    Duration reload) {
  private static final Duration RELOAD_MIN = Duration.ofMillis(100);

  public TlsSettings {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          setting + ": certificate and key go together; one of them is empty");
    }
    if (reload.compareTo(RELOAD_MIN) < 0) {
      throw new IllegalArgumentException(
          "%s.reload: %s is below %s".formatted(setting, reload, RELOAD_MIN));
    }
    for (Path file : Stream.of(certificate, key, trust).flatMap(Optional::stream).toList()) {
      if (!Files.isReadable(file)) {
        throw new IllegalArgumentException(
            "%s: %s can not be read: a PEM file is expected there".formatted(setting, file));
      }
    }
  }

  /**
   * Reads {@code certificate}, {@code key}, {@code trust} where there is one, and {@code reload}
   * below a path.
   *
   * @throws IllegalArgumentException where a file is missing or half of an identity is
   */
  public static TlsSettings from(Config root, String path) {
    Config config = root.getConfig(path);
    return new TlsSettings(
        path,
        file(config, "certificate"),
        file(config, "key"),
        file(config, "trust"),
        config.getDuration("reload"));
  }

  private static Optional<Path> file(Config config, String key) {
    return Optional.of(config.hasPath(key) ? config.getString(key) : "")
        .filter(name -> !name.isEmpty())
        .map(Path::of);
  }

  /** Whether we can say who we are. */
  public boolean hasIdentity() {
    return certificate.isPresent();
  }

  /** Whether there is nothing of ours: the usual encryption, if any. */
  public boolean isEmpty() {
    return all().isEmpty();
  }

  List<Path> all() {
    return Stream.of(certificate, key, trust).flatMap(Optional::stream).toList();
  }
}
