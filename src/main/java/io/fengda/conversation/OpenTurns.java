package io.fengda.conversation;

import io.fengda.conversation.model.Refusal;
import io.fengda.tenant.TenantId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open turns of this node, bounded in all and for each tenant, so that what workers cannot keep
 * up with is refused at the edge instead of waiting in Kafka. Thread-safe.
 */
final class OpenTurns {
  private final int nodeMax;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<TenantId, AtomicInteger> byTenant = new ConcurrentHashMap<>();

  OpenTurns(int nodeMax) {
    this.nodeMax = nodeMax;
  }

  /**
   * Takes a place, or says why there is none. The tenant's bound comes first: beyond it a tenant
   * takes no place of the node's from another, not even for a moment.
   */
  Optional<Refusal> tryOpen(TenantId tenant, int tenantMax) {
    if (!increment(of(tenant), tenantMax)) {
      return Optional.of(Refusal.TENANT_OPEN_TURNS);
    }
    if (!increment(all, nodeMax)) {
      of(tenant).decrementAndGet();
      return Optional.of(Refusal.OVERLOADED);
    }
    return Optional.empty();
  }

  /** Takes a place for a turn that is open already. */
  void reopen(TenantId tenant) {
    all.incrementAndGet();
    of(tenant).incrementAndGet();
  }

  void close(TenantId tenant) {
    all.decrementAndGet();
    of(tenant).decrementAndGet();
  }

  int count() {
    return all.get();
  }

  private AtomicInteger of(TenantId tenant) {
    return byTenant.computeIfAbsent(tenant, id -> new AtomicInteger());
  }

  private static boolean increment(AtomicInteger counter, int max) {
    if (counter.incrementAndGet() <= max) {
      return true;
    }
    counter.decrementAndGet();
    return false;
  }
}
