package io.fengda.quota;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantSettings;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes in a real cluster. */
class LeasesTest {
  private static final String ROLE = "conversation";
  private static final QuotaSettings SETTINGS = new QuotaSettings(Duration.ofMillis(200));
  private static final Tenants TENANTS = TenantSettings.from(ConfigFactory.load(tenants()));

  private static ActorSystem<Void> first;
  private static ActorSystem<Void> second;
  private static Leases one;
  private static Leases two;

  @BeforeAll
  static void start() {
    first = node();
    second = node();
    Cluster cluster = Cluster.get(first);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    Cluster.get(second).manager().tell(Join.create(cluster.selfMember().address()));
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> Cluster.get(second).selfMember().status().equals(MemberStatus.up()));
    one = Leases.start(first, QuotaKind.CALLS, ROLE, ROLE, TENANTS, SETTINGS);
    two = Leases.start(second, QuotaKind.CALLS, ROLE, ROLE, TENANTS, SETTINGS);
  }

  @AfterAll
  static void stop() {
    ActorTestKit.shutdown(second);
    ActorTestKit.shutdown(first);
  }

  @Test
  void aNodeThatIsNotAskedLeavesTheQuotaToTheOther() {
    Tenant bank = tenant("bank");
    assertEquals(50, one.share(bank), "without a lease: an equal part");

    until(() -> one.asked(bank, 500), () -> one.share(bank) == 100);

    until(
        () -> {
          one.asked(bank, 500);
          two.asked(bank, 500);
        },
        () -> one.share(bank) == 50 && two.share(bank) == 50);
    until(() -> two.asked(bank, 500), () -> two.share(bank) == 100);
  }

  @Test
  void whatIsInUseIsAskedForAgain() throws InterruptedException {
    Tenant shop = tenant("shop");
    one.inUse(shop, 80);
    until(() -> two.asked(shop, 500), () -> two.share(shop) == 50);

    one.inUse(shop, 10);

    until(() -> two.asked(shop, 500), () -> two.share(shop) == 90);
  }

  private static void until(Runnable load, BooleanSupplier condition) {
    await()
        .atMost(20, TimeUnit.SECONDS)
        .pollInterval(20, TimeUnit.MILLISECONDS)
        .until(
            () -> {
              load.run();
              return condition.getAsBoolean();
            });
  }

  private static Tenant tenant(String id) {
    return TENANTS.find(TenantId.of(id)).orElseThrow();
  }

  private static ActorSystem<Void> node() {
    return ActorSystem.create(
        Behaviors.empty(),
        "quotas",
        ConfigFactory.parseString(
                """
                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                akka.remote.artery.bind { hostname = "127.0.0.1", port = 0 }
                akka.cluster.roles = [conversation]
                """)
            .withFallback(ConfigFactory.parseResources("cluster.conf"))
            .withFallback(ConfigFactory.defaultReferenceUnresolved())
            .resolve());
  }

  private static Config tenants() {
    return ConfigFactory.parseString(
            """
            fengda.tenants {
              bank { secret-keys = [], publishable-keys = [], messages-per-second = 100 }
              shop { secret-keys = [], publishable-keys = [], messages-per-second = 100 }
              bank.token-secret = "a-token-secret-of-32-bytes-or-more------"
              shop.token-secret = "b-token-secret-of-32-bytes-or-more------"
            }
            """)
        .withFallback(ConfigFactory.parseResources("tenants.conf"));
  }
}
