package io.fengda.vendor;

import io.fengda.telemetry.Metrics;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.VendorEndpoint;
import java.util.concurrent.ConcurrentHashMap;

/** The guard of each tenant and vendor. Thread-safe. */
final class VendorGuards {
  private final GuardSettings settings;
  private final Metrics metrics;
  private final ConcurrentHashMap<Pair, VendorGuard> guards = new ConcurrentHashMap<>();

  private record Pair(TenantId tenant, VendorEndpoint vendor) {}

  VendorGuards(GuardSettings settings, Metrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
  }

  VendorGuard of(TenantId tenant, VendorEndpoint vendor) {
    return guards.computeIfAbsent(new Pair(tenant, vendor), this::create);
  }

  private VendorGuard create(Pair pair) {
    VendorGuard guard =
        VendorGuard.create(
            pair.tenant().value() + "/" + pair.vendor().name(), settings, pair.vendor().callsMax());
    metrics.vendorGuard(
        pair.tenant().value(), pair.vendor().name(), guard::isOpen, guard::callsOpen);
    return guard;
  }
}
