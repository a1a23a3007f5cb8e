package io.fengda.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tenant of the engine under load. It issues its customers' tokens itself, so that sessions cost
 * nothing.
 *
 * @param settings of {@code fengda.tenants.<id>}, besides keys and vendors
 * @param vendorPorts in order of preference
 */
record Tenant(String id, Map<String, String> settings, List<Integer> vendorPorts) {
  private static final Duration TOKEN_TTL = Duration.ofHours(12);

  /** One that no quota bounds, so that the engine alone does. */
  static Tenant unbounded(int vendorPort) {
    return unbounded("shop", vendorPort);
  }

  /** Another of the kind. */
  static Tenant unbounded(String id, int vendorPort) {
    return new Tenant(
        id,
        Map.of("messages-per-second", "100000", "open-turns-max", "100000"),
        List.of(vendorPort));
  }

  /** What the engine is told of it. */
  Map<String, String> properties() {
    Map<String, String> all = new LinkedHashMap<>();
    String path = "fengda.tenants." + id + ".";
    all.put(path + "secret-keys.0", id + "-key");
    all.put(path + "publishable-keys.0", id + "-public-key");
    all.put(path + "token-secret", secret());
    settings.forEach((key, value) -> all.put(path + key, value));
    for (int i = 0; i < vendorPorts.size(); i++) {
      String vendor = path + "vendors." + i + ".";
      all.put(vendor + "name", "script-" + i);
      all.put(vendor + "host", "127.0.0.1");
      all.put(vendor + "port", vendorPorts.get(i).toString());
      all.put(vendor + "tls", "false");
    }
    return all;
  }

  private String secret() {
    return id + "-token-secret-of-32-bytes-or-more";
  }

  String token(String customer) {
    Instant now = Instant.now();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(),
            new JWTClaimsSet.Builder()
                .claim("tenant_id", id)
                .subject(customer)
                .audience("fengda")
                .issuer(id)
                .claim("scope", "chat")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(TOKEN_TTL)))
                .build());
    try {
      token.sign(new MACSigner(secret()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }
}
