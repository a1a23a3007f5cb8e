package io.fengda.conversation;

import io.fengda.conversation.model.Refusal;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open turns of this node, bounded in all and for each tenant, so that what can not be answered
 * in time is refused at the edge instead of waiting in Kafka. Thread-safe.
 */
final class OpenTurns {
  private final LoadLimit limit;
  private final Shares shares;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentHashMap<TenantId, AtomicInteger> byTenant = new ConcurrentHashMap<>();

  /** What of its tenants' quotas of open turns this node has. */
  interface Shares {
    /** How many turns of the tenant may be open here. */
    long of(Tenant tenant);

    /** So many turns of the tenant would be open here if all were let in. */
    void wanted(Tenant tenant, int turns);

    /** So many are. */
    void open(Tenant tenant, int turns);
  }

  OpenTurns(LoadLimit limit, Shares shares) {
    this.limit = limit;
    this.shares = shares;
  }

  /**
   * Takes a place, or says why there is none. The tenant's bound comes first: beyond it a tenant
   * takes no place of the node's from another, not even for a moment.
   */
  Optional<Refusal> tryOpen(Tenant tenant) {
    AtomicInteger own = of(tenant.id());
    int open = own.incrementAndGet();
    shares.wanted(tenant, open);
    if (open > shares.of(tenant)) {
      own.decrementAndGet();
      wantMore(tenant, open);
      return Optional.of(Refusal.TENANT_OPEN_TURNS);
    }
    if (all.incrementAndGet() > tenant.priority().of(limit.limit())) {
      all.decrementAndGet();
      own.decrementAndGet();
      limit.reached();
      return Optional.of(Refusal.OVERLOADED);
    }
    shares.open(tenant, own.get());
    return Optional.empty();
  }

  /** Why there would be no place, without taking one. */
  Optional<Refusal> refusal(Tenant tenant) {
    int open = of(tenant.id()).get() + 1;
    if (open > shares.of(tenant)) {
      wantMore(tenant, open);
      return Optional.of(Refusal.TENANT_OPEN_TURNS);
    }
    return isFull(tenant) ? Optional.of(Refusal.OVERLOADED) : Optional.empty();
  }

  /** Whether the node has as many open turns as it may, for a tenant of this priority. */
  boolean isFull(Tenant tenant) {
    boolean full = all.get() + 1 > tenant.priority().of(limit.limit());
    if (full) {
      limit.reached();
    }
    return full;
  }

  /** How many more are refused is not counted: the next share may be twice this one. */
  private void wantMore(Tenant tenant, int open) {
    shares.wanted(tenant, 2 * open);
  }

  /** Takes a place for a turn that is open already. */
  void reopen(Tenant tenant) {
    all.incrementAndGet();
    of(tenant.id()).incrementAndGet();
    shares.open(tenant, of(tenant.id()).get());
  }

  void close(Tenant tenant) {
    all.decrementAndGet();
    of(tenant.id()).decrementAndGet();
    shares.open(tenant, of(tenant.id()).get());
  }

  /**
   * A turn ended.
   *
   * @param wait the part of its time that nobody worked on it
   */
  void waited(Duration wait) {
    limit.waited(wait, all.get());
  }

  int count() {
    return all.get();
  }

  int limit() {
    return limit.limit();
  }

  private AtomicInteger of(TenantId tenant) {
    return byTenant.computeIfAbsent(tenant, id -> new AtomicInteger());
  }
}
