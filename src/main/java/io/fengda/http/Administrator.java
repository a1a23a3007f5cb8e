package io.fengda.http;

import io.fengda.identity.Identity;
import io.fengda.identity.Scope;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import java.time.Instant;
import java.util.Optional;

/**
 * Who administers, as their token says.
 *
 * @param own the one tenant they may name; empty: all, for they run the platform
 * @param name for the audit
 * @param validUntil from when on the token is refused
 */
record Administrator(Optional<Tenant> own, String name, Instant validUntil) {
  private static final int NAME_LENGTH_MAX = 128;

  /** Of an identity; a problem if it may not administer. */
  static Administrator of(Identity identity) {
    Scope needed = identity.tenant().isPresent() ? Scope.ADMIN : Scope.OPS;
    if (!identity.scopes().contains(needed)) {
      throw Caller.missing(needed);
    }
    String subject = identity.subject();
    if (subject.isBlank() || subject.length() > NAME_LENGTH_MAX) {
      throw ProblemException.of(
          Problem.UNAUTHENTICATED,
          "the token's sub names nobody: the audit needs 1 to %d characters"
              .formatted(NAME_LENGTH_MAX));
    }
    return new Administrator(
        identity.tenant(), needed.claim() + ":" + subject, identity.validUntil());
  }

  /** For what only those may do who run the platform. */
  Administrator requireOps() {
    if (own.isPresent()) {
      throw Caller.missing(Scope.OPS);
    }
    return this;
  }

  /** The tenant of that id; others than their own do not exist for a tenant's administrators. */
  TenantId tenant(String id) {
    if (!TenantId.isValid(id)
        || id.startsWith("-")
        || own.filter(tenant -> !tenant.id().value().equals(id)).isPresent()) {
      throw noSuchTenant();
    }
    return new TenantId(id);
  }

  static ProblemException noSuchTenant() {
    return ProblemException.of(Problem.NOT_FOUND, "no such tenant");
  }
}
