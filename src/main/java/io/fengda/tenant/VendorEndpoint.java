package io.fengda.tenant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An NLP provider that a tenant uses, reached through {@code proto/fengda/nlp/v1}.
 *
 * @param name the vendor's name in replies, logs and metrics
 * @param tls whether the connection is encrypted
 * @param callsMax calls of this tenant that one worker has open at the vendor
 * @param firstToken how long the first event of an answer may take; null: as long as there is time
 */
public record VendorEndpoint(
    String name, String host, int port, boolean tls, int callsMax, @Nullable Duration firstToken) {
  /** Calls at once where the tenant sets no other bound. */
  public static final int CALLS_MAX = 128;

  private static final int CALLS_MAX_MAX = 10_000;
  private static final int NAME_LENGTH_MAX = 64;
  private static final int HOST_LENGTH_MAX = 253;

  public VendorEndpoint {
    if (name.isBlank() || name.length() > NAME_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "name: not of 1 to %d characters".formatted(NAME_LENGTH_MAX));
    }
    if (host.isBlank() || host.length() > HOST_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "host: not of 1 to %d characters".formatted(HOST_LENGTH_MAX));
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: %d is not a port".formatted(port));
    }
    if (callsMax > CALLS_MAX_MAX) {
      throw new IllegalArgumentException(
          "calls-max: %d is above %d".formatted(callsMax, CALLS_MAX_MAX));
    }
    if (callsMax < 1) {
      throw new IllegalArgumentException("calls-max: %d is below 1".formatted(callsMax));
    }
    if (firstToken != null && !firstToken.isPositive()) {
      throw new IllegalArgumentException("first-token: %s is not above 0".formatted(firstToken));
    }
  }
}
