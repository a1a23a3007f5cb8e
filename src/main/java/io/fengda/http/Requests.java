package io.fengda.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.MediaTypes;
import io.fengda.conversation.Stages;
import io.fengda.identity.Identity;
import io.fengda.identity.Tokens;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** Reads requests, within the contract's bounds. */
final class Requests {
  static final String API_KEY = "X-Api-Key";
  private static final String BEARER = "Bearer ";

  private final ActorSystem<?> system;
  private final HttpSettings settings;
  private final Tenants tenants;
  private final Tokens tokens;

  Requests(ActorSystem<?> system, HttpSettings settings, Tenants tenants, Tokens tokens) {
    this.system = system;
    this.settings = settings;
    this.tenants = tenants;
    this.tokens = tokens;
  }

  ActorSystem<?> system() {
    return system;
  }

  /** Who calls; complete at once unless keys have to be fetched. */
  CompletionStage<Identity> identity(HttpRequest request) {
    return identity(
        request,
        header(request, "Authorization")
            .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            .map(value -> value.substring(BEARER.length()).strip())
            .orElseThrow(
                () -> ProblemException.of(Problem.UNAUTHENTICATED, "there is no bearer token")));
  }

  /** Who calls with this token, from a page of an origin that may. */
  CompletionStage<Identity> identity(HttpRequest request, String token) {
    return tokens
        .verify(token)
        .thenApply(
            identity -> {
              identity.tenant().ifPresent(tenant -> requireOpen(request, tenant));
              return identity;
            });
  }

  /** The tenant whose API key the request carries. */
  Tenant tenantByApiKey(HttpRequest request) {
    Tenant tenant =
        apiKey(request)
            .flatMap(tenants::findByApiKey)
            .orElseThrow(
                () -> ProblemException.of(Problem.UNAUTHENTICATED, "there is no valid X-Api-Key"));
    requireOpen(request, tenant);
    return tenant;
  }

  private static void requireOpen(HttpRequest request, Tenant tenant) {
    Origins.require(request, tenant);
    if (tenant.suspended()) {
      throw ProblemException.of(
          Problem.TENANT_SUSPENDED, "%s is suspended".formatted(tenant.id().value()));
    }
  }

  boolean hasSecretKey(HttpRequest request, Tenant tenant) {
    return apiKey(request).map(tenant.keys()::isSecret).orElse(false);
  }

  private static Optional<String> apiKey(HttpRequest request) {
    return header(request, API_KEY).filter(key -> key.length() <= 256);
  }

  /** The JSON body; fails with a problem if it is too large, too slow, or something else. */
  CompletionStage<byte[]> body(HttpRequest request) {
    if (!request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)
        && !request.entity().isKnownEmpty()) {
      throw ProblemException.of(
          Problem.UNSUPPORTED_MEDIA_TYPE, "Content-Type is not application/json");
    }
    if (request.entity().getContentLengthOption().orElse(0) > settings.bodyBytesMax()) {
      throw ProblemException.of(
          Problem.BODY_TOO_LARGE, "the body may have %d bytes".formatted(settings.bodyBytesMax()));
    }
    return Stages.direct(
            request
                .entity()
                .withSizeLimit(settings.bodyBytesMax())
                .toStrict(settings.bodyTimeout().toMillis(), system))
        .thenApply(strict -> strict.getData().toArray())
        .exceptionallyCompose(failure -> CompletableFuture.failedStage(slow(failure)));
  }

  private static Throwable slow(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    return cause instanceof TimeoutException
        ? ProblemException.of(Problem.BODY_TIMEOUT, "the rest of the body did not arrive")
        : cause;
  }

  /** A query parameter that counts something; a problem if it is not within its bounds. */
  static Optional<Long> number(HttpRequest request, String name, long min, long max) {
    return request.getUri().query().get(name).map(value -> number(value, name, min, max));
  }

  static long number(String value, String name, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The same problem as a number out of bounds.
    }
    throw ProblemException.of(
        Problem.INVALID_PARAMETER, "%s is not from %d to %d".formatted(name, min, max));
  }

  /** Where the client stands: its last event id, else the parameter, else what its token says. */
  static long after(HttpRequest request, Caller caller) {
    return header(request, "Last-Event-ID")
        .map(value -> number(value, "Last-Event-ID", 0, Long.MAX_VALUE - 1))
        .or(() -> number(request, "after", 0, Long.MAX_VALUE - 1))
        .orElse(caller.lastSeq());
  }

  /** The language of a text, or the one the client prefers. */
  static Language language(HttpRequest request, String text) {
    return Language.ofText(
        text, header(request, "Accept-Language").map(Language::ofTag).orElse(Language.ZH));
  }

  static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }
}
