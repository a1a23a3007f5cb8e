package io.fengda.tenant;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tenants of this engine. Immutable. */
public final class Tenants {
  private final Map<TenantId, Tenant> byId;
  private final Tenant unknown;

  private Tenants(Map<TenantId, Tenant> byId, Tenant unknown) {
    this.byId = byId;
    this.unknown = unknown;
  }

  /**
   * Makes the set of tenants.
   *
   * @param unknown stands in for a tenant that is gone while its conversations are not
   * @throws IllegalArgumentException if two tenants share an API key
   */
  public static Tenants of(Collection<Tenant> tenants, Tenant unknown) {
    Set<String> seen = new HashSet<>();
    tenants.stream()
        .flatMap(Tenants::apiKeys)
        .filter(key -> !seen.add(key))
        .findAny()
        .ifPresent(
            key -> {
              throw new IllegalArgumentException("an API key is given twice in fengda.tenants");
            });
    return new Tenants(
        tenants.stream().collect(Collectors.toUnmodifiableMap(Tenant::id, Function.identity())),
        unknown);
  }

  public Collection<Tenant> all() {
    return byId.values();
  }

  public Optional<Tenant> find(TenantId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The tenant, or the defaults where there is none of that id any more. */
  public Tenant orDefaults(TenantId id) {
    return byId.getOrDefault(id, unknown);
  }

  /** The shortest time for which a conversation of any tenant is kept. */
  public Duration retentionMin() {
    return Stream.concat(Stream.of(unknown), all().stream())
        .map(Tenant::retention)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** Whether pages of this origin may call for some tenant. */
  public boolean allowOrigin(String origin) {
    return all().stream().anyMatch(tenant -> tenant.allowedOrigins().contains(origin));
  }

  /** The tenant that a secret or publishable key belongs to. */
  public Optional<Tenant> findByApiKey(String key) {
    return byId.values().stream()
        .filter(tenant -> tenant.keys().isSecret(key) || tenant.keys().isPublishable(key))
        .findFirst();
  }

  private static Stream<String> apiKeys(Tenant tenant) {
    return Stream.concat(
        tenant.keys().secretKeys().stream(), tenant.keys().publishableKeys().stream());
  }
}
