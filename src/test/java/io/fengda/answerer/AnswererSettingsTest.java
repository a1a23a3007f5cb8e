package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswererSettingsTest {
  /** No encryption. */
  static final TlsSettings PLAIN =
      new TlsSettings(
          "fengda.answerer.tls",
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(10));

  private static final String GOOD =
      """
      fengda.answerer {
        host = "127.0.0.1"
        port = 8980
        knowledge-directory = "conf/knowledge"
        knowledge-check = 5s
        threshold = 0.3
        delta-code-points-max = 32
        delta-interval = 20ms
        tls.reload = 10s
      }
      """;

  @Test
  void everySettingIsRead() {
    assertEquals(
        new AnswererSettings(
            "127.0.0.1",
            8980,
            PLAIN,
            Path.of("conf/knowledge"),
            Duration.ofSeconds(5),
            0.3,
            32,
            Duration.ofMillis(20)),
        AnswererSettings.from(ConfigFactory.parseString(GOOD)));
  }

  @Test
  void anAuthorityWithoutACertificateOfOursIsRefused(@TempDir Path folder) throws IOException {
    Path trust = Files.createFile(folder.resolve("trust.pem"));
    Config config =
        ConfigFactory.parseMap(Map.of("fengda.answerer.tls.trust", trust.toString()))
            .withFallback(ConfigFactory.parseString(GOOD));

    var thrown = assertThrows(IllegalArgumentException.class, () -> AnswererSettings.from(config));

    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("fengda.answerer.tls.trust needs "), message);
  }

  @ParameterizedTest
  @CsvSource({
    "host, ''",
    "port, -1",
    "port, 65536",
    "knowledge-directory, ''",
    "knowledge-check, 99ms",
    "threshold, -0.01",
    "threshold, 1.01",
    "delta-code-points-max, 0",
    "delta-code-points-max, 4097",
    "delta-interval, -1ms",
    "delta-interval, 10001ms"
  })
  void aSettingOutOfRangeIsNamed(String key, String value) {
    Config config =
        ConfigFactory.parseString("fengda.answerer." + key + " = \"" + value + "\"")
            .withFallback(ConfigFactory.parseString(GOOD));

    var thrown = assertThrows(IllegalArgumentException.class, () -> AnswererSettings.from(config));

    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("fengda.answerer." + key + " must "), message);
  }
}
