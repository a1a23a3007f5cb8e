package io.fengda.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TenantQuotaTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration LEASE = Duration.ofSeconds(3);

  private final AtomicLong millis = new AtomicLong();
  private final ActorRef<TenantQuota.Renew> quota =
      KIT.spawn(TenantQuota.create("calls:bank", () -> 100, LEASE, clock()));
  private final TestProbe<TenantQuota.Granted> one = KIT.createTestProbe();
  private final TestProbe<TenantQuota.Granted> two = KIT.createTestProbe();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void aNodeAloneHasTheWholeQuota() {
    assertEquals(100, renewed(one, 5));
  }

  @Test
  void nodesShareByWhatTheyAreAskedFor() {
    renewed(one, 500);
    assertEquals(50, renewed(two, 500));
    assertEquals(50, renewed(one, 500));

    assertEquals(10, renewed(two, 10));
    assertEquals(90, renewed(one, 500));
  }

  @Test
  void theShareOfANodeThatRenewsNoMoreIsFree() {
    renewed(one, 500);
    renewed(two, 500);

    millis.addAndGet(LEASE.toMillis() + 1);

    assertEquals(100, renewed(two, 500));
  }

  private long renewed(TestProbe<TenantQuota.Granted> node, long demand) {
    quota.tell(new TenantQuota.Renew(demand, node.ref()));
    TenantQuota.Granted granted = node.receiveMessage();
    assertEquals("calls:bank", granted.entityId());
    return granted.share();
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(millis.get());
      }

      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
