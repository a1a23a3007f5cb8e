package io.fengda.identity;

import io.fengda.tenant.Tenant;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a token names, and what it is for.
 *
 * @param tenant whose; empty: the platform's
 * @param subject the customer, or who administers; may be empty
 * @param onlyConversation the one conversation the token is for, if it is for one
 * @param lastSeq the last message the client has, as the token says; 0 where it does not
 * @param validUntil from when on the token is refused
 */
public record Identity(
    Optional<Tenant> tenant,
    Set<Scope> scopes,
    String subject,
    Optional<String> onlyConversation,
    long lastSeq,
    Instant validUntil) {
  public Identity {
    scopes = Set.copyOf(scopes);
  }
}
