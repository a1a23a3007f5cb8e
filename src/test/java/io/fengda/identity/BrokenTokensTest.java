package io.fengda.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.tenant.TenantSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens that prove nothing (after RFC 8725 and its sources). harbor signs with HS256 and by its
 * key set, beeshop with HS256 alone.
 */
class BrokenTokensTest {
  private static final String SECRET = "harbor-demo-token-secret-of-32-bytes-or-more";
  private static final String SECRET_BEFORE = "harbor-secret-of-last-year-32-bytes-or-more";
  private static final String SHOP_SECRET = "beeshop-demo-token-secret-of-32-bytes-or-more";
  private static final String PLATFORM = "the-platform-s-own-key-of-32-bytes-or-more";

  /** Of the tokens; the verifier's clock stands still at it. */
  private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");

  private static final TestTokens TOKENS = TestTokens.of("harbor", NOW);
  private static final RSAKey RSA = rsa("rsa-1");
  private static final ECKey EC = ec("ec-1");
  private static final KeySetServer KEYS = KeySetServer.start(RSA, EC);
  private static final Tokens VERIFIER = verifier();

  @AfterAll
  static void close() {
    KEYS.close();
  }

  private static String harbor(UnaryOperator<JWTClaimsSet.Builder> change) {
    return TOKENS.by(SECRET, change);
  }

  private static String header(UnaryOperator<JWSHeader.Builder> change) {
    return TOKENS.by(SECRET, JWSAlgorithm.HS256, change, claims -> claims);
  }

  private static String ops(String key, UnaryOperator<JWTClaimsSet.Builder> change) {
    return TOKENS.by(
        key,
        claims ->
            change.apply(claims.claim("tenant_id", null).issuer("platform").claim("scope", "ops")));
  }

  static Stream<Arguments> broken() throws Exception {
    String good = TOKENS.by(SECRET);
    String[] parts = good.split("\\.", -1);
    String none = "{\"alg\":\"none\",\"typ\":\"JWT\"}";
    return Stream.of(
        // What it is.
        Arguments.of("empty", ""),
        Arguments.of("no token at all", "harbor"),
        Arguments.of("two parts", parts[0] + "." + parts[1]),
        Arguments.of("four parts", good + ".x"),
        Arguments.of("a header that is no JSON", base64("{") + "." + parts[1] + "." + parts[2]),
        Arguments.of("claims that are no JSON", parts[0] + "." + base64("[") + "." + parts[2]),
        Arguments.of("oversized", harbor(c -> c.claim("pad", "x".repeat(5_000)))),
        // How it is signed.
        Arguments.of("unsigned", new PlainJWT(TOKENS.claims().build()).serialize()),
        Arguments.of("alg none with a signature", base64(none) + "." + parts[1] + "." + parts[2]),
        Arguments.of(
            "alg nOnE", base64(none.replace("none", "nOnE")) + "." + parts[1] + "." + parts[2]),
        Arguments.of("no signature", parts[0] + "." + parts[1] + "."),
        Arguments.of(
            "another's signature", parts[0] + "." + parts[1] + "." + signatureOfOtherClaims()),
        Arguments.of("HS512", TOKENS.by(SECRET.repeat(2), JWSAlgorithm.HS512, h -> h, c -> c)),
        Arguments.of("another tenant's secret", TOKENS.by(SHOP_SECRET)),
        Arguments.of("the platform's key", TOKENS.by(PLATFORM)),
        Arguments.of("its own id as the secret", TOKENS.by("harbor".repeat(8))),
        Arguments.of(
            "HS256 by the public RSA key", TOKENS.by(RSA.toPublicJWK().toJSONString(), c -> c)),
        Arguments.of(
            "HS256 by the public RSA key in PEM's bytes",
            TOKENS.by(
                new String(RSA.toRSAPublicKey().getEncoded(), StandardCharsets.ISO_8859_1),
                JWSAlgorithm.HS256,
                h -> h.keyID("rsa-1"),
                c -> c)),
        // Which key it names.
        Arguments.of("RS256 by an unknown key of a known kid", TOKENS.by(rsa("rsa-1"))),
        Arguments.of("ES256 by an unknown key of a known kid", TOKENS.by(ec("ec-1"))),
        Arguments.of(
            "a key in its header", TOKENS.by(ec("x"), h -> h.jwk(ec("x").toPublicJWK()), c -> c)),
        Arguments.of(
            "a key set in its header",
            TOKENS.by(rsa("x"), h -> h.jwkURL(URI.create("https://evil.example/keys")), c -> c)),
        Arguments.of(
            "a certificate's address in its header",
            TOKENS.by(rsa("x"), h -> h.x509CertURL(URI.create("https://evil.example/c")), c -> c)),
        Arguments.of("a kid that is a path", TOKENS.by(ec("../../dev/null"))),
        Arguments.of("a kid that is SQL", TOKENS.by(ec("x' UNION SELECT 'key"))),
        Arguments.of(
            "HS256 by an empty file that the kid names",
            TOKENS.by("\0".repeat(32), JWSAlgorithm.HS256, h -> h.keyID("../../dev/null"), c -> c)),
        Arguments.of("RS256 of a tenant without a key set", shop(RSA)),
        Arguments.of("ES256 signed as ours", TOKENS.by(EC, h -> h, c -> c.issuer("fengda"))),
        Arguments.of(
            "a critical extension",
            header(h -> h.criticalParams(Set.of("exp2")).customParam("exp2", 1))),
        // For whom and when.
        Arguments.of("no type", header(h -> h.type(null))),
        Arguments.of("another type", header(h -> h.type(new JOSEObjectType("at+jwt")))),
        Arguments.of("another audience", harbor(c -> c.audience("billing"))),
        Arguments.of("no audience", harbor(c -> c.audience((String) null))),
        Arguments.of("another issuer", harbor(c -> c.issuer("beeshop"))),
        Arguments.of("no issuer", harbor(c -> c.issuer(null))),
        Arguments.of("expired", harbor(c -> c.expirationTime(at(Duration.ofMinutes(-1))))),
        Arguments.of("no end", harbor(c -> c.expirationTime(null))),
        Arguments.of("no beginning", harbor(c -> c.issueTime(null))),
        Arguments.of("not yet valid", harbor(c -> c.notBeforeTime(at(Duration.ofMinutes(1))))),
        Arguments.of("an end that is a text", harbor(c -> c.claim("exp", "tomorrow"))),
        Arguments.of("a scope that is a number", harbor(c -> c.claim("scope", 7))),
        Arguments.of("another tenant's id", harbor(c -> c.claim("tenant_id", "beeshop"))),
        Arguments.of("a tenant that is not", harbor(c -> c.claim("tenant_id", "nobody"))),
        Arguments.of("a tenant's id that is none", harbor(c -> c.claim("tenant_id", "../harbor"))),
        Arguments.of(
            "a tenant's id that is a list", harbor(c -> c.claim("tenant_id", List.of("harbor")))),
        Arguments.of("the reserved tenant's id", harbor(c -> c.claim("tenant_id", "-fengda"))),
        // The platform's.
        Arguments.of("no tenant, by a tenant's secret", ops(SECRET, c -> c)),
        Arguments.of("the platform's, to chat", ops(PLATFORM, c -> c.claim("scope", "chat"))),
        Arguments.of(
            "the platform's, for more than ops", ops(PLATFORM, c -> c.claim("scope", "ops chat"))),
        Arguments.of("the platform's, from a tenant", ops(PLATFORM, c -> c.issuer("harbor"))),
        Arguments.of(
            "the platform's, expired",
            ops(PLATFORM, c -> c.expirationTime(at(Duration.ofMinutes(-1))))),
        Arguments.of("ops by a tenant", harbor(c -> c.claim("scope", "chat ops"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void areRefused(String what, String token) {
    assertThrows(TokenRefusedException.class, () -> verified(token), what);
  }

  @Test
  void differFromTheGoodOnesInThatAlone() {
    assertEquals(Set.of(Scope.CHAT), verified(TOKENS.by(SECRET)).scopes());
    assertEquals("c-1", verified(TOKENS.by(SECRET_BEFORE)).subject());
    assertEquals("c-1", verified(harbor(c -> c.issuer("fengda"))).subject());
    assertEquals("c-1", verified(TOKENS.by(RSA)).subject());
    assertEquals("c-1", verified(TOKENS.by(EC)).subject());
    assertEquals("harbor", verified(TOKENS.by(EC)).tenant().orElseThrow().id().value());
    assertEquals(
        Set.of(Scope.ADMIN, Scope.CHAT),
        verified(harbor(c -> c.claim("scope", "chat admin other"))).scopes());
    Identity ops = verified(ops(PLATFORM, c -> c));
    assertEquals(Set.of(Scope.OPS), ops.scopes());
    assertEquals(true, ops.tenant().isEmpty());
  }

  private static Identity verified(String token) {
    try {
      return VERIFIER.verify(token).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private static Tokens verifier() {
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseString(
                    """
                    fengda.tenants.harbor {
                      token-secret-before = "%s"
                      tokens { algorithms = [HS256, RS256, ES256], jwks-uri = "%s" }
                    }
                    fengda.identity { platform-key = "%s", jwks.private-addresses = on }
                    """
                        .formatted(SECRET_BEFORE, KEYS.uri(), PLATFORM))
                .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
    return new Tokens(
        TenantSettings.from(config),
        IdentitySettings.from(config),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static String shop(RSAKey key) {
    return TestTokens.of("beeshop", NOW).by(key);
  }

  private static String signatureOfOtherClaims() {
    return harbor(c -> c.subject("c-2")).replaceAll(".*\\.", "");
  }

  private static String base64(String text) {
    return Base64URL.encode(text).toString();
  }

  private static Date at(Duration fromNow) {
    return Date.from(NOW.plus(fromNow));
  }

  private static RSAKey rsa(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ECKey ec(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
