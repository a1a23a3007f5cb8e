package io.fengda.http;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.identity.Identity;
import io.fengda.identity.Scope;
import io.fengda.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The customer who is calling, as their token says.
 *
 * @param onlyConversation the one conversation the token is for, if it is for one
 * @param lastSeq the last message the client has, as the token says; 0 where it does not
 * @param validUntil from when on the token is refused
 */
record Caller(
    Tenant tenant,
    CustomerId customer,
    Optional<String> onlyConversation,
    long lastSeq,
    Instant validUntil) {
  private static final Duration STREAM_MAX = Duration.ofDays(1);

  /** The customer of an identity; a problem if it names none, or may not chat. */
  static Caller of(Identity identity) {
    Tenant tenant = identity.tenant().orElseThrow(() -> missing(Scope.CHAT));
    if (!identity.scopes().contains(Scope.CHAT)) {
      throw missing(Scope.CHAT);
    }
    if (!CustomerId.isValid(identity.subject())) {
      throw ProblemException.of(Problem.UNAUTHENTICATED, "the token's sub is not a customer id");
    }
    if (identity.onlyConversation().filter(only -> !ConversationId.isValidName(only)).isPresent()) {
      throw ProblemException.of(Problem.UNAUTHENTICATED, "the token's conversation_id is not one");
    }
    return new Caller(
        tenant,
        new CustomerId(identity.subject()),
        identity.onlyConversation(),
        identity.lastSeq(),
        identity.validUntil());
  }

  static ProblemException missing(Scope scope) {
    return ProblemException.of(Problem.FORBIDDEN, "the token lacks the scope " + scope.claim());
  }

  /** How long a stream of the caller's may stay open: as long as the token, and a day at most. */
  Duration timeLeft(Instant now) {
    Duration left = Duration.between(now, validUntil);
    return left.compareTo(STREAM_MAX) < 0 ? left : STREAM_MAX;
  }

  /** The caller's conversation of that name; others' can not be named. */
  ConversationId conversation(String name) {
    if (!ConversationId.isValidName(name)
        || !onlyConversation.map(only -> only.equals(name)).orElse(true)) {
      throw ProblemException.of(Problem.NOT_FOUND, "no such conversation");
    }
    return new ConversationId(tenant.id(), customer, name);
  }
}
