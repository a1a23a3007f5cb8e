package io.fengda.tenant;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tenants of this engine, as this node knows them now: ask again rather than keep one.
 * Thread-safe.
 */
public final class Tenants {
  /**
   * The engine's own tenant, for what it tries before it is ready: no other id may begin with a
   * hyphen, and nobody is told its keys.
   */
  public static final TenantId RESERVED = new TenantId("-fengda");

  private static final int KEY_BYTES = 32;

  /** A cold node is slow, and what it tries is to succeed. */
  private static final Duration RESERVED_DEADLINE = Duration.ofSeconds(10);

  private static final int NO_QUOTA = 1_000_000;

  private final Tenant unknown;
  private final String reservedKey = newKey();
  private final TenantKeys reservedKeys =
      TenantKeys.of(List.of(reservedKey), List.of(), List.of(newKey()));
  private volatile Tenant reserved;
  private volatile Directory directory;

  /** All of them at one time. */
  private record Directory(
      Map<TenantId, Tenant> byId, Map<String, TenantId> byKey, Duration retentionMin) {
    static Directory of(Collection<Tenant> tenants, Tenant unknown) {
      Map<String, TenantId> byKey = new HashMap<>();
      for (Tenant tenant : tenants) {
        keysOf(tenant).forEach(key -> byKey.put(key, tenant.id()));
      }
      return new Directory(
          tenants.stream().collect(Collectors.toUnmodifiableMap(Tenant::id, Function.identity())),
          Map.copyOf(byKey),
          Stream.concat(Stream.of(unknown), tenants.stream())
              .map(Tenant::retention)
              .min(Comparator.naturalOrder())
              .orElseThrow());
    }

    private static Stream<String> keysOf(Tenant tenant) {
      return Stream.concat(
          tenant.keys().secretKeyHashes().stream(),
          tenant.keys().publishableKeys().stream().map(TenantKeys::hash));
    }
  }

  private Tenants(Collection<Tenant> tenants, Tenant unknown) {
    this.unknown = unknown;
    this.reserved = reserved(List.of());
    this.directory = Directory.of(tenants, unknown);
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
        .flatMap(Directory::keysOf)
        .filter(key -> !seen.add(key))
        .findAny()
        .ifPresent(
            key -> {
              throw new IllegalArgumentException("an API key is given twice in fengda.tenants");
            });
    return new Tenants(tenants, unknown);
  }

  /** From now on these and no others. */
  public void replace(Collection<Tenant> tenants) {
    directory = Directory.of(tenants, unknown);
  }

  /** The reserved tenant has this vendor from now on. */
  public void reservedVendor(VendorEndpoint vendor) {
    reserved = reserved(List.of(vendor));
  }

  private Tenant reserved(List<VendorEndpoint> vendors) {
    return new Tenant(
        RESERVED,
        unknown.branding(),
        RESERVED_DEADLINE,
        OverlapPolicy.QUEUE,
        unknown.fallbackTexts(),
        Priority.LOW,
        NO_QUOTA,
        NO_QUOTA,
        unknown.retention(),
        vendors,
        Set.of(),
        unknown.tokens(),
        reservedKeys,
        false);
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

  /** A secret API key of the reserved tenant, that was never used before. */
  public String reservedKey() {
    return reservedKey;
  }

  /** All but the reserved one. */
  public Collection<Tenant> all() {
    return directory.byId().values();
  }

  public Optional<Tenant> find(TenantId id) {
    return Optional.ofNullable(id.equals(RESERVED) ? reserved : directory.byId().get(id));
  }

  /** The tenant, or the defaults where there is none of that id any more. */
  public Tenant orDefaults(TenantId id) {
    return find(id).orElse(unknown);
  }

  /** The shortest time for which a conversation of any tenant is kept. */
  public Duration retentionMin() {
    return directory.retentionMin();
  }

  /** Whether pages of this origin may call for some tenant. */
  public boolean allowOrigin(String origin) {
    return all().stream().anyMatch(tenant -> tenant.allowedOrigins().contains(origin));
  }

  /** The tenant that a secret or publishable key belongs to. */
  public Optional<Tenant> findByApiKey(String key) {
    TenantId id = directory.byKey().get(TenantKeys.hash(key));
    return id == null
        ? Optional.of(reserved).filter(tenant -> tenant.keys().isSecret(key))
        : find(id);
  }
}
