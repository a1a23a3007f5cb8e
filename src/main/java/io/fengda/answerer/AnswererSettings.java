package io.fengda.answerer;

import com.typesafe.config.Config;
import io.fengda.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings of the answerer, {@code fengda.answerer}.
 *
 * @param host the address to bind
 * @param port the port to bind, 0 for any free one
 * @param tls who it is to workers, and whom they have to be; empty: cleartext
 * @param knowledgeDirectory where {@code <tenant>.jsonl} lie
 * @param knowledgeCheck how often it is looked whether a file changed, at least 100 ms
 * @param threshold the least confidence of an answer that words alone have found, 0 to 1
 * @param deltaCodePointsMax the length of a streamed piece, 1 to 4096 code points
 * @param deltaInterval the time from one piece to the next, 0 (all at once) to 10 s
 */
public record AnswererSettings(
    String host,
    int port,
    TlsSettings tls,
    Path knowledgeDirectory,
    Duration knowledgeCheck,
    double threshold,
    int deltaCodePointsMax,
    Duration deltaInterval) {
  private static final String PREFIX = "fengda.answerer.";
  private static final int PORT_MAX = 65_535;
  private static final Duration KNOWLEDGE_CHECK_MIN = Duration.ofMillis(100);
  private static final int DELTA_CODE_POINTS_MAX = 4096;
  private static final Duration DELTA_INTERVAL_MAX = Duration.ofSeconds(10);

  /** Checks the ranges; an {@link IllegalArgumentException} names the key that is out of its. */
  public AnswererSettings {
    check(!host.isBlank(), "host", "must not be empty");
    check(port >= 0 && port <= PORT_MAX, "port", "must be 0 to " + PORT_MAX + ", not " + port);
    check(
        tls.hasIdentity() || tls.trust().isEmpty(),
        "tls.trust",
        "needs a certificate and a key: without them nothing is encrypted");
    check(!knowledgeDirectory.toString().isBlank(), "knowledge-directory", "must not be empty");
    check(
        knowledgeCheck.compareTo(KNOWLEDGE_CHECK_MIN) >= 0,
        "knowledge-check",
        "must be at least 100ms, not " + knowledgeCheck.toMillis() + "ms");
    check(threshold >= 0 && threshold <= 1, "threshold", "must be 0 to 1, not " + threshold);
    check(
        deltaCodePointsMax >= 1 && deltaCodePointsMax <= DELTA_CODE_POINTS_MAX,
        "delta-code-points-max",
        "must be 1 to " + DELTA_CODE_POINTS_MAX + ", not " + deltaCodePointsMax);
    check(
        !deltaInterval.isNegative() && deltaInterval.compareTo(DELTA_INTERVAL_MAX) <= 0,
        "delta-interval",
        "must be 0s to 10s, not " + deltaInterval.toMillis() + "ms");
  }

  /** Reads {@code fengda.answerer} of the whole configuration. */
  public static AnswererSettings from(Config config) {
    Config answerer = config.getConfig("fengda.answerer");
    return new AnswererSettings(
        answerer.getString("host"),
        answerer.getInt("port"),
        TlsSettings.from(config, "fengda.answerer.tls"),
        Path.of(answerer.getString("knowledge-directory")),
        answerer.getDuration("knowledge-check"),
        answerer.getDouble("threshold"),
        answerer.getInt("delta-code-points-max"),
        answerer.getDuration("delta-interval"));
  }

  private static void check(boolean holds, String key, String fault) {
    if (!holds) {
      throw new IllegalArgumentException(PREFIX + key + " " + fault);
    }
  }
}
