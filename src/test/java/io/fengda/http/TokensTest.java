package io.fengda.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.SteppableClock;
import io.fengda.conversation.model.CustomerId;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantSettings;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
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
      assertEquals("c-1", tokens.verify(one).customer().value());
      assertEquals("c-2", tokens.verify(other).customer().value());
    }
  }

  @Test
  void isRefusedFromItsEndOn() {
    Tokens tokens = tokens(5000);
    String token = issue(tokens, "c-1");
    assertEquals("c-1", tokens.verify(token).customer().value());

    clock.step(TTL.plus(SKEW));
    assertEquals("c-1", tokens.verify(token).customer().value());
    clock.step(Duration.ofMillis(1));

    assertThrows(ProblemException.class, () -> tokens.verify(token));
    assertEquals("c-1", tokens.verifyForRenewal(token).customer().value());
  }

  @Test
  void isNotTakenForOneThatDiffersInItsSignature() {
    Tokens tokens = tokens(5000);
    String token = issue(tokens, "c-1");
    var unused = tokens.verify(token);
    char last = token.charAt(token.length() - 5);
    String forged =
        token.substring(0, token.length() - 5)
            + (last == 'A' ? 'B' : 'A')
            + token.substring(token.length() - 4);

    assertThrows(ProblemException.class, () -> tokens.verify(forged));
    assertThrows(ProblemException.class, () -> tokens.verify(forged));
  }

  private static String issue(Tokens tokens, String customer) {
    return tokens.issue(bank(tenants()), new CustomerId(customer), null).token();
  }

  private Tokens tokens(int knownMax) {
    Config config =
        ConfigFactory.parseString("fengda.http.tokens-known-max = " + knownMax)
            .withFallback(config());
    return new Tokens(tenants(), HttpSettings.from(config), clock);
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
