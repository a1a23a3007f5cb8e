package io.fengda.http;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.tenant.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who is calling, as their token says.
 *
 * @param onlyConversation the one conversation the token is for, if it is for one
 * @param lastSeq the last message the client has, as the token says; 0 where it does not
 */
record Caller(
    Tenant tenant,
    CustomerId customer,
    Optional<String> onlyConversation,
    long lastSeq,
    Instant expiresAt) {
  private static final Duration STREAM_MAX = Duration.ofDays(1);

  /** How long a stream of the caller's may stay open: as long as the token, and a day at most. */
  Duration timeLeft(Instant now, Duration clockSkew) {
    Duration left = Duration.between(now, expiresAt).plus(clockSkew);
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
