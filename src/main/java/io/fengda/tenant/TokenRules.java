package io.fengda.tenant;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens a tenant may sign itself.
 *
 * @param issuer their {@code iss}
 * @param jwksUri where the key set of the tenant is (RFC 7517, 5)
 */
public record TokenRules(String issuer, Set<TokenAlgorithm> algorithms, Optional<URI> jwksUri) {
  private static final int URI_LENGTH_MAX = 500;

  public TokenRules {
    algorithms = Set.copyOf(algorithms);
    if (issuer.isBlank() || issuer.length() > URI_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "issuer: not of 1 to %d characters".formatted(URI_LENGTH_MAX));
    }
    if (algorithms.stream().anyMatch(TokenAlgorithm::isByKeySet) && jwksUri.isEmpty()) {
      throw new IllegalArgumentException("jwks-uri: RS256 and ES256 need one");
    }
    jwksUri.ifPresent(TokenRules::check);
  }

  private static void check(URI uri) {
    boolean isHttp = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    if (!isHttp
        || uri.getHost() == null
        || uri.getUserInfo() != null
        || uri.toString().length() > URI_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "jwks-uri: '%s' is not like https://id.example.com/keys".formatted(uri));
    }
  }
}
