package io.fengda.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.tenant.TenantSettings;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A tenant that signs its tokens with keys whose public halves it publishes. */
class KeySetTest {
  private static final JWK RSA = rsa("rsa-1");
  private static final JWK EC = ec("ec-1");

  private final TestTokens tokens = TestTokens.of("harbor", Instant.now());
  private final KeySetServer server = KeySetServer.start(RSA, EC);

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void provesTokensByRs256AndEs256WithOneRequest() {
    Tokens verifier = verifier("RS256, ES256");

    assertEquals("c-1", subject(verifier, tokens.by(RSA)));
    assertEquals("c-1", subject(verifier, tokens.by(EC)));
    assertEquals("c-1", subject(verifier, tokens.by(RSA)));

    assertEquals(1, server.requests());
  }

  @Test
  void isFetchedAgainForAKeyThatIsNew() {
    Tokens verifier = verifier("RS256, ES256");
    assertEquals("c-1", subject(verifier, tokens.by(RSA)));
    JWK next = ec("ec-2");

    server.serve(RSA, next);

    assertEquals("c-1", subject(verifier, tokens.by(next)));
    assertEquals("c-1", subject(verifier, tokens.by(RSA)));
    refused(verifier, tokens.by(EC, header -> header, claims -> claims.subject("c-2")));
  }

  @Test
  void isNotFetchedForEachTokenThatNamesNoKnownKey() {
    Tokens verifier = verifier("RS256, ES256");
    assertEquals("c-1", subject(verifier, tokens.by(RSA)));

    for (int i = 0; i < 20; i++) {
      refused(verifier, tokens.by(ec("unknown-" + i)));
    }

    assertTrue(server.requests() <= 3, server.requests() + " requests");
  }

  @Test
  void isUsedOnWhileItCanNotBeFetched() throws InterruptedException {
    Tokens verifier = verifier("RS256", "known-for = 200ms, timeout = 100ms, interval-min = 1ms");
    assertEquals("c-1", subject(verifier, tokens.by(RSA)));

    server.fail(500);
    int before = server.requests();
    while (server.requests() == before) {
      assertEquals("c-1", subject(verifier, tokens.by(RSA, h -> h, c -> c.jwtID("another"))));
    }

    assertEquals("c-1", subject(verifier, tokens.by(RSA)));
  }

  @Test
  void thatWasNeverThereMakesATokenWaitAndNotWrong() {
    Tokens verifier = verifier("RS256");
    server.fail(500);

    assertThrows(KeysUnavailableException.class, () -> subject(verifier, tokens.by(RSA)));
  }

  @Test
  void isNotLookedForWhereARedirectLeads() {
    Tokens verifier = verifier("RS256");
    try (KeySetServer other = KeySetServer.start(RSA)) {
      server.redirect(other.uri());

      assertThrows(KeysUnavailableException.class, () -> subject(verifier, tokens.by(RSA)));

      assertEquals(0, other.requests());
    }
  }

  @Test
  void isNotLookedForInAPrivateNetwork() {
    Tokens verifier = verifier("RS256", "private-addresses = off");

    assertThrows(KeysUnavailableException.class, () -> subject(verifier, tokens.by(RSA)));

    assertEquals(0, server.requests());
  }

  @Test
  void doesNotHelpWhereTheAlgorithmIsNotAllowed() {
    refused(verifier("RS256"), tokens.by(EC));
    refused(verifier("ES256"), tokens.by(RSA));
    refused(verifier("RS256"), tokens.by("harbor-demo-token-secret-of-32-bytes-or-more"));

    assertEquals(0, server.requests());
  }

  @Test
  void doesNotCountWithKeysThatAreTooShort() {
    JWK shorter = rsa("rsa-short", 1024);
    server.serve(shorter);

    refused(verifier("RS256"), tokens.by(shorter));
  }

  private Tokens verifier(String algorithms) {
    return verifier(algorithms, "");
  }

  private Tokens verifier(String algorithms, String jwks) {
    return verifier(server.uri(), algorithms, jwks);
  }

  private static Tokens verifier(URI uri, String algorithms, String jwks) {
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseString(
                    """
                    fengda.tenants.harbor.tokens { algorithms = [%s], jwks-uri = "%s" }
                    fengda.identity.jwks { private-addresses = on }
                    fengda.identity.jwks { %s }
                    """
                        .formatted(algorithms, uri, jwks))
                .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
    return new Tokens(
        TenantSettings.from(config), IdentitySettings.from(config), Clock.systemUTC());
  }

  private static String subject(Tokens verifier, String token) {
    try {
      return verifier.verify(token).toCompletableFuture().join().subject();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private static void refused(Tokens verifier, String token) {
    assertThrows(TokenRefusedException.class, () -> subject(verifier, token));
  }

  private static JWK rsa(String id) {
    return rsa(id, 2048);
  }

  private static JWK rsa(String id, int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JWK ec(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
