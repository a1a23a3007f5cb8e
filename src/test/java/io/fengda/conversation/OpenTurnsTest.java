package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.model.Refusal;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantSettings;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenTurnsTest {
  private static final int LIMIT = 20;
  private static final Tenants TENANTS = TenantSettings.from(ConfigFactory.load(tenants()));

  private final OpenTurns turns =
      new OpenTurns(
          new LoadLimit(LIMIT, LIMIT, Duration.ofMillis(100), new SteppableClock(Instant.EPOCH)),
          new TestNode.WholeQuota());

  @Test
  void theLowestPriorityIsRefusedFirst() {
    assertEquals(15, opened("low"), "three quarters");
    assertEquals(3, opened("normal"), "up to nine tenths");
    assertEquals(2, opened("high"), "all");

    turns.close(tenant("low"));
    assertEquals(Optional.of(Refusal.OVERLOADED), turns.tryOpen(tenant("low")));
    assertEquals(Optional.of(Refusal.OVERLOADED), turns.tryOpen(tenant("normal")));
    assertEquals(Optional.empty(), turns.tryOpen(tenant("high")));
  }

  @Test
  void aTenantAtItsOwnBoundIsToldSoAndTakesNoPlace() {
    assertEquals(4, opened("small"));

    assertEquals(Optional.of(Refusal.TENANT_OPEN_TURNS), turns.tryOpen(tenant("small")));
    assertEquals(Optional.of(Refusal.TENANT_OPEN_TURNS), turns.refusal(tenant("small")));
    assertEquals(4, turns.count());
  }

  @Test
  void whatIsAcceptedAlreadyHasAPlaceBeyondTheBound() {
    for (int i = 0; i < LIMIT + 5; i++) {
      turns.reopen(tenant("normal"));
    }

    assertEquals(LIMIT + 5, turns.count());
    assertEquals(Optional.of(Refusal.OVERLOADED), turns.refusal(tenant("high")));
  }

  private int opened(String id) {
    int opened = 0;
    while (turns.tryOpen(tenant(id)).isEmpty()) {
      opened++;
    }
    return opened;
  }

  private static Tenant tenant(String id) {
    return TENANTS.find(TenantId.of(id)).orElseThrow();
  }

  private static Config tenants() {
    return ConfigFactory.parseString(
            """
            keys { secret-keys = [], publishable-keys = [], token-secret = "32-bytes-or-more-----------------" }
            fengda.tenants {
              high = ${keys} { priority = HIGH }
              normal = ${keys}
              low = ${keys} { priority = LOW }
              small = ${keys} { open-turns-max = 4 }
            }
            """)
        .withFallback(ConfigFactory.parseResources("tenants.conf"));
  }
}
