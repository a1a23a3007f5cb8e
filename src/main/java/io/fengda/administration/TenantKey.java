package io.fengda.administration;

import java.time.Instant;
import java.util.Locale;

/**
 * A key of a tenant that was made here.
 *
 * @param id names it to administrators; no secret
 * @param kept its hash, the key itself where it is public, or sealed by the {@link Vault}
 */
public record TenantKey(String id, Kind kind, String kept, Instant createdAt, String createdBy) {
  /** What a key is for. */
  public enum Kind {
    /** An API key of the tenant's servers; kept as its hash. */
    SECRET,
    /** An API key of the tenant's pages; no secret. */
    PUBLISHABLE,
    /** The HS256 secret of the tenant's tokens; kept sealed. */
    TOKEN;

    /** On the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  TenantKey keptAs(String newKept) {
    return new TenantKey(id, kind, newKept, createdAt, createdBy);
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "TenantKey[%s, %s]".formatted(id, kind);
  }
}
