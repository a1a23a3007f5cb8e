package io.fengda.http;

import io.fengda.conversation.model.Refusal;
import java.time.Duration;
import java.util.Locale;

/**
 * Everything that can go wrong on the wire: HTTP status, whether the same request may succeed
 * later, and what to do. The name in kebab-case is the {@code code} of RFC 9457 problem details.
 */
public enum Problem {
  MALFORMED_JSON(400, false, "The body is not well-formed JSON."),
  INVALID_FIELD(400, false, "A field is not what the contract asks for."),
  INVALID_PARAMETER(400, false, "A parameter is not what the contract asks for."),
  INVALID_REQUEST(400, false, "The request can not be understood."),
  INVALID_SETTING(400, false, "A setting is not what it may be."),
  UNAUTHENTICATED(401, false, "Send a valid token as Authorization: Bearer, or a valid X-Api-Key."),
  FORBIDDEN(403, false, "The token's scope does not allow this."),
  ORIGIN_NOT_ALLOWED(403, false, "The tenant does not allow pages of this origin."),
  TENANT_SUSPENDED(403, false, "The tenant is suspended: ask who runs the platform."),
  NOT_FOUND(404, false, "There is nothing here."),
  METHOD_NOT_ALLOWED(405, false, "This resource does not have that method."),
  BODY_TIMEOUT(408, true, "The body did not arrive in time."),
  MESSAGE_ID_REUSED(409, false, "This messageId came before with another text."),
  TURN_OPEN(409, true, "The previous message is still being answered."),
  TENANT_ID_TAKEN(409, false, "There is or was a tenant of this id: take another."),
  LAST_KEY(409, false, "Nothing would work without this key: make another first."),
  TOO_MANY(409, false, "There are as many as may be: remove one first."),
  PLATFORM_KEY_MISSING(
      409, false, "No secret can be kept: start the engine with FENGDA_PLATFORM_KEY."),
  NOT_EXPLAINED(409, false, "No vendor of the tenant says what it finds."),
  ENTRY_REJECTED(409, false, "The entry does not go with what the tenant knows."),
  CONVERSATION_ERASED(410, false, "The conversation was erased before the message was answered."),
  CHANGED_MEANWHILE(412, false, "Somebody changed it since you read it: read it again."),
  TEXT_TOO_LONG(413, false, "A message has at most 8 KiB of UTF-8."),
  BODY_TOO_LARGE(413, false, "The body is larger than any valid request."),
  UNSUPPORTED_MEDIA_TYPE(415, false, "Send application/json."),
  KIND_NOT_ANSWERED(
      422, false, "No vendor of this tenant answers messages of this kind. Send text."),
  QUOTA_EXCEEDED(429, true, "The tenant's quota is used up."),
  TOO_MANY_OPEN_TURNS(429, true, "As many turns of the tenant are open as may be."),
  CONVERSATION_BUSY(429, true, "Too many messages of this conversation wait for their turn."),
  INTERNAL(500, true, "Fengda made a mistake. Send the same request again."),
  OVERLOADED(503, true, "The system can not keep the deadline now."),
  KEYS_UNAVAILABLE(
      503, true, "The keys that prove the token can not be fetched now. Send the same again."),
  UNAVAILABLE(503, true, "The conversation can not be reached now. Send the same request again.");

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int status;
  private final boolean retryable;
  private final String title;

  Problem(int status, boolean retryable, String title) {
    this.status = status;
    this.retryable = retryable;
    this.title = title;
  }

  /** The problem of a conversation's refusal. */
  static Problem of(Refusal refusal) {
    return switch (refusal) {
      case ID_REUSED -> MESSAGE_ID_REUSED;
      case BUSY -> CONVERSATION_BUSY;
      case TURN_OPEN -> TURN_OPEN;
      case ERASED -> CONVERSATION_ERASED;
      case TENANT_OPEN_TURNS -> TOO_MANY_OPEN_TURNS;
      case OVERLOADED -> OVERLOADED;
    };
  }

  public int status() {
    return status;
  }

  /** Whether the same request, with the same messageId, may succeed later. */
  public boolean isRetryable() {
    return retryable;
  }

  /** One sentence for people, the same for every occurrence. */
  public String title() {
    return title;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How long to wait before trying again; of use where {@link #isRetryable}. */
  public Duration retryAfter() {
    return RETRY_AFTER;
  }

  /** Whether the answer carries {@code Retry-After}. */
  public boolean hasRetryAfter() {
    return status == 429 || status == 503;
  }
}
