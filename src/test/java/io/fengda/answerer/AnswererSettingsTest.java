package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswererSettingsTest {
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
      }
      """;

  @Test
  void everySettingIsRead() {
    assertEquals(
        new AnswererSettings(
            "127.0.0.1",
            8980,
            Path.of("conf/knowledge"),
            Duration.ofSeconds(5),
            0.3,
            32,
            Duration.ofMillis(20)),
        AnswererSettings.from(ConfigFactory.parseString(GOOD)));
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
