package io.fengda.telemetry;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.tracing}.
 *
 * @param endpoint where OTLP is taken over HTTP, {@code http://collector:4318/v1/traces}; empty:
 *     nothing is exported
 * @param ratio of the traces that begin here and are kept whatever becomes of them, 0 to 1
 * @param callersMax traces a second that are kept because their caller wants it
 * @param slow from when on a turn or call is kept because of its time
 */
record TracingSettings(String endpoint, double ratio, int callersMax, Duration slow) {
  TracingSettings {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException(
          "fengda.tracing.ratio: %s is not from 0 to 1".formatted(ratio));
    }
    if (callersMax < 1) {
      throw new IllegalArgumentException(
          "fengda.tracing.callers-max: %d is below 1".formatted(callersMax));
    }
    if (!slow.isPositive()) {
      throw new IllegalArgumentException("fengda.tracing.slow: %s is not above 0".formatted(slow));
    }
    if (!endpoint.isEmpty()
        && !endpoint.startsWith("http://")
        && !endpoint.startsWith("https://")) {
      throw new IllegalArgumentException(
          "fengda.tracing.endpoint (FENGDA_OTLP_ENDPOINT): expected"
              + " http://collector:4318/v1/traces");
    }
  }

  static TracingSettings from(Config root) {
    Config config = root.getConfig("fengda.tracing");
    return new TracingSettings(
        config.getString("endpoint"),
        config.getDouble("ratio"),
        config.getInt("callers-max"),
        config.getDuration("slow"));
  }
}
