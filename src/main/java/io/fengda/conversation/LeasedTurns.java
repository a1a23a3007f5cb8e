package io.fengda.conversation;

import io.fengda.quota.Leases;
import io.fengda.tenant.Tenant;

/** Shares of open turns by this node's leases. */
record LeasedTurns(Leases leases) implements OpenTurns.Shares {
  @Override
  public long of(Tenant tenant) {
    return leases.share(tenant);
  }

  @Override
  public void wanted(Tenant tenant, int turns) {
    leases.asked(tenant, turns);
  }

  @Override
  public void open(Tenant tenant, int turns) {
    leases.inUse(tenant, turns);
  }
}
