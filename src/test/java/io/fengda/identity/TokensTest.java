package io.fengda.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.SteppableClock;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantSettings;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token whose signature was checked before. */
class TokensTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration SKEW = Duration.ofSeconds(5);

  private final SteppableClock clock = new SteppableClock(Instant.parse("2026-11-30T00:00:00Z"));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5000})
  void isKnownAgainOrCheckedAgain(int knownMax) {
    Tokens tokens = tokens(knownMax);
    String one = issue(tokens, "c-1");
    String other = issue(tokens, "c-2");

    for (int i = 0; i < 3; i++) {
      assertEquals("c-1", subject(tokens, one));
      assertEquals("c-2", subject(tokens, other));
    }
  }

  @Test
  void isRefusedFromItsEndOn() {
    Tokens tokens = tokens(5000);
    String token = issue(tokens, "c-1");
    assertEquals("c-1", subject(tokens, token));

    clock.step(TTL.plus(SKEW));
    assertEquals("c-1", subject(tokens, token));
    clock.step(Duration.ofMillis(1));

    assertThrows(TokenRefusedException.class, () -> subject(tokens, token));
    assertEquals("c-1", tokens.verifyForRenewal(token).toCompletableFuture().join().subject());
  }

  @Test
  void isNotTakenForOneThatDiffersInItsSignature() {
    Tokens tokens = tokens(5000);
    String token = issue(tokens, "c-1");
    assertEquals("c-1", subject(tokens, token));
    char last = token.charAt(token.length() - 5);
    String forged =
        token.substring(0, token.length() - 5)
            + (last == 'A' ? 'B' : 'A')
            + token.substring(token.length() - 4);

    assertThrows(TokenRefusedException.class, () -> subject(tokens, forged));
    assertThrows(TokenRefusedException.class, () -> subject(tokens, forged));
  }

  @Test
  void isTakenOfATenantThatCallsItselfAsWeDo() {
    Config config =
        ConfigFactory.parseString("fengda.tenants.harbor.tokens.issuer = fengda")
            .withFallback(config());
    Tenants tenants = TenantSettings.from(config);
    Tokens tokens = new Tokens(tenants, IdentitySettings.from(config), clock);

    assertEquals("c-1", subject(tokens, tokens.issue(bank(tenants), "c-1", null).token()));
  }

  @Test
  void isNoAdministratorsIfItIsIssuedAsOursAndTheTenantDoesNotSignSo() {
    Config config =
        ConfigFactory.parseString(
                "fengda.tenants.harbor.tokens { algorithms = [ES256],"
                    + " jwks-uri = \"https://id.example/keys\" }")
            .withFallback(config());
    Tenants tenants = TenantSettings.from(config);
    Tokens tokens = new Tokens(tenants, IdentitySettings.from(config), clock);
    TestTokens made = TestTokens.of("harbor", clock.instant());
    String secret = bank(tenants).keys().tokenSecrets().getFirst();

    assertEquals("c-1", subject(tokens, made.by(secret, claims -> claims.issuer("fengda"))));
    assertThrows(
        TokenRefusedException.class,
        () ->
            subject(
                tokens,
                made.by(secret, claims -> claims.issuer("fengda").claim("scope", "admin"))));
  }

  private static String subject(Tokens tokens, String token) {
    try {
      return tokens.verify(token).toCompletableFuture().join().subject();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private static String issue(Tokens tokens, String customer) {
    return tokens.issue(bank(tenants()), customer, null).token();
  }

  private Tokens tokens(int knownMax) {
    Config config =
        ConfigFactory.parseString("fengda.identity.tokens-known-max = " + knownMax)
            .withFallback(config());
    return new Tokens(tenants(), IdentitySettings.from(config), clock);
  }

  private static Tenants tenants() {
    return TenantSettings.from(config());
  }

  private static Tenant bank(Tenants tenants) {
    return tenants.find(TenantId.of("harbor")).orElseThrow();
  }

  private static Config config() {
    return ConfigFactory.load(ConfigFactory.parseResourcesAnySyntax("embedded"));
  }
}
