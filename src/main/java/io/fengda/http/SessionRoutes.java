package io.fengda.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.identity.Tokens;
import io.fengda.tenant.Tenant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/sessions}: a token for a customer, or for a guest. */
final class SessionRoutes {
  private static final String GUEST = "guest-";
  private static final byte[] NO_FIELDS = {'{', '}'};

  private final Requests requests;
  private final Tokens tokens;
  private final Admission admission;

  SessionRoutes(Requests requests, Tokens tokens, Admission admission) {
    this.requests = requests;
    this.tokens = tokens;
    this.admission = admission;
  }

  CompletionStage<HttpResponse> create(HttpRequest request) {
    Tenant tenant = requests.tenantByApiKey(request);
    boolean secret = requests.hasSecretKey(request, tenant);
    Admission.Left left = admission.require(tenant);
    return requests
        .body(request)
        .thenCompose(body -> create(tenant, secret, body))
        .thenApply(left::on);
  }

  private CompletionStage<HttpResponse> create(Tenant tenant, boolean secret, byte[] body) {
    JsonNode json = Json.readObject(body.length == 0 ? NO_FIELDS : body, Set.of("userId", "renew"));
    Optional<String> userId = Json.string(json, "userId");
    Optional<String> renew = Json.string(json, "renew");
    if (userId.isPresent() && renew.isPresent()) {
      throw ProblemException.at("/userId", Problem.INVALID_FIELD, "not together with renew");
    }
    if (renew.isPresent()) {
      return tokens
          .verifyForRenewal(renew.get())
          .thenApply(identity -> renewed(tenant, Caller.of(identity)));
    }
    CustomerId customer =
        userId
            .map(id -> named(secret, id))
            .orElseGet(() -> new CustomerId(GUEST + UUID.randomUUID()));
    return CompletableFuture.completedStage(session(tenant, customer, null));
  }

  private HttpResponse renewed(Tenant tenant, Caller caller) {
    if (!caller.tenant().id().equals(tenant.id())) {
      throw ProblemException.at(
          "/renew", Problem.UNAUTHENTICATED, "the token is not this tenant's");
    }
    if (!caller.customer().value().startsWith(GUEST)) {
      throw ProblemException.at("/renew", Problem.FORBIDDEN, "only a guest's token can be renewed");
    }
    return session(tenant, caller.customer(), caller.onlyConversation().orElse(null));
  }

  private static CustomerId named(boolean secret, String userId) {
    if (!secret) {
      throw ProblemException.at("/userId", Problem.FORBIDDEN, "a publishable key gets guests only");
    }
    if (!CustomerId.isValid(userId)) {
      throw ProblemException.at(
          "/userId", Problem.INVALID_FIELD, "expected [A-Za-z0-9_.@+-]{1,64}");
    }
    return new CustomerId(userId);
  }

  private HttpResponse session(
      Tenant tenant, CustomerId customer, @Nullable String onlyConversation) {
    Tokens.Issued issued = tokens.issue(tenant, customer.value(), onlyConversation);
    ObjectNode json =
        Json.object()
            .put("token", issued.token())
            .put("expiresAt", issued.expiresAt().toString())
            .put("tenantId", tenant.id().value())
            .put("userId", customer.value())
            .put("conversationId", ConversationId.MAIN);
    return Responses.json(201, json).addHeader(RawHeader.create("Cache-Control", "no-store"));
  }
}
