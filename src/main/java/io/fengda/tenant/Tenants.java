package io.fengda.tenant;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tenants of this engine. Immutable. */
public final class Tenants {
  /**
   * The engine's own tenant, for what it tries before it is ready: no configured id may begin with
   * a hyphen, and nobody is told its keys.
   */
  public static final TenantId RESERVED = new TenantId("-fengda");

  private static final int KEY_BYTES = 32;

  /** A cold node is slow, and what it tries is to succeed. */
  private static final Duration RESERVED_DEADLINE = Duration.ofSeconds(10);

  private static final int NO_QUOTA = 1_000_000;

  private final Map<TenantId, Tenant> byId;
  private final Tenant unknown;
  private final Tenant reserved;

  private Tenants(Map<TenantId, Tenant> byId, Tenant unknown, Tenant reserved) {
    this.byId = byId;
    this.unknown = unknown;
    this.reserved = reserved;
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
        unknown,
        reserved(unknown, List.of()));
  }

  /** These, and the reserved tenant has a vendor. */
  public Tenants withReservedVendor(VendorEndpoint vendor) {
    return new Tenants(byId, unknown, reserved(unknown, List.of(vendor)));
  }

  /** With keys that were never used before. */
  private static Tenant reserved(Tenant defaults, List<VendorEndpoint> vendors) {
    return new Tenant(
        RESERVED,
        defaults.branding(),
        RESERVED_DEADLINE,
        OverlapPolicy.QUEUE,
        defaults.fallbackTexts(),
        Priority.LOW,
        NO_QUOTA,
        NO_QUOTA,
        defaults.retention(),
        vendors,
        Set.of(),
        new TenantKeys(List.of(newKey()), List.of(), newKey()));
  }

  private static String newKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
  }

  /** The engine's own tenant. */
  public Tenant reserved() {
    return reserved;
  }

  /** All but the reserved one. */
  public Collection<Tenant> all() {
    return byId.values();
  }

  public Optional<Tenant> find(TenantId id) {
    return Optional.ofNullable(id.equals(RESERVED) ? reserved : byId.get(id));
  }

  /** The tenant, or the defaults where there is none of that id any more. */
  public Tenant orDefaults(TenantId id) {
    return find(id).orElse(unknown);
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
    return Stream.concat(byId.values().stream(), Stream.of(reserved))
        .filter(tenant -> tenant.keys().isSecret(key) || tenant.keys().isPublishable(key))
        .findFirst();
  }

  private static Stream<String> apiKeys(Tenant tenant) {
    return Stream.concat(
        tenant.keys().secretKeys().stream(), tenant.keys().publishableKeys().stream());
  }
}
