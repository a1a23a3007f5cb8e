package io.fengda.identity;

import com.typesafe.config.Config;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Reads {@code fengda.identity}.
 *
 * @param tokenTtl how long a session's token is valid
 * @param clockSkew by how much other clocks may differ from ours
 * @param tokensKnownMax tokens whose signature need not be checked again
 * @param platformKeys the HS256 secrets of {@code ops} tokens, the present one first; none: there
 *     are no such tokens
 */
public record IdentitySettings(
    Duration tokenTtl,
    Duration clockSkew,
    int tokensKnownMax,
    List<String> platformKeys,
    Jwks jwks) {
  private static final int KEY_BYTES_MIN = 32;

  /**
   * How the keys of tenants that sign with RS256 or ES256 are fetched.
   *
   * @param timeout of one request, and of connecting
   * @param bytesMax the largest key set that is read
   * @param knownFor how long keys are used until they are fetched again
   * @param unreachableFor how long the old ones are used where that fails
   * @param intervalMin between two requests for a key that the known ones do not have
   * @param waitingMax tokens that may wait for one set at once
   * @param privateAddresses whether keys may come from loopback and private addresses, and by plain
   *     HTTP
   */
  public record Jwks(
      Duration timeout,
      int bytesMax,
      Duration knownFor,
      Duration unreachableFor,
      Duration intervalMin,
      int waitingMax,
      boolean privateAddresses) {
    public Jwks {
      if (knownFor.compareTo(timeout) <= 0) {
        throw new IllegalArgumentException(
            "fengda.identity.jwks.known-for: %s is not above timeout (%s)"
                .formatted(knownFor, timeout));
      }
      if (knownFor.compareTo(intervalMin) <= 0) {
        throw new IllegalArgumentException(
            "fengda.identity.jwks.known-for: %s is not above interval-min (%s)"
                .formatted(knownFor, intervalMin));
      }
      if (waitingMax < 1) {
        throw new IllegalArgumentException(
            "fengda.identity.jwks.waiting-max: %d is below 1".formatted(waitingMax));
      }
    }
  }

  public IdentitySettings {
    platformKeys = List.copyOf(platformKeys);
    if (tokensKnownMax < 0) {
      throw new IllegalArgumentException(
          "fengda.identity.tokens-known-max: %d is below 0".formatted(tokensKnownMax));
    }
    for (String key : platformKeys) {
      if (key.getBytes(StandardCharsets.UTF_8).length < KEY_BYTES_MIN) {
        throw new IllegalArgumentException(
            "fengda.identity.platform-key (FENGDA_PLATFORM_KEY): HS256 needs at least %d bytes"
                .formatted(KEY_BYTES_MIN));
      }
    }
  }

  public static IdentitySettings from(Config root) {
    Config config = root.getConfig("fengda.identity");
    Config jwks = config.getConfig("jwks");
    return new IdentitySettings(
        config.getDuration("token-ttl"),
        config.getDuration("clock-skew"),
        config.getInt("tokens-known-max"),
        List.of(config.getString("platform-key"), config.getString("platform-key-before")).stream()
            .filter(key -> !key.isEmpty())
            .toList(),
        new Jwks(
            jwks.getDuration("timeout"),
            Math.toIntExact(jwks.getBytes("bytes-max")),
            jwks.getDuration("known-for"),
            jwks.getDuration("unreachable-for"),
            jwks.getDuration("interval-min"),
            jwks.getInt("waiting-max"),
            jwks.getBoolean("private-addresses")));
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "IdentitySettings[%s, %d platform keys]".formatted(tokenTtl, platformKeys.size());
  }
}
