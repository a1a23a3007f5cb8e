package io.fengda.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.administration.Administration;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.tenant.TenantId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET
 * /v1/ops/tenants/{tenant}/customers/{customer}/conversations/{id}/messages/{seq}/explain}: how the
 * turn of a message went, for those who run the platform.
 */
final class OpsRoutes {
  private static final int SEGMENTS = 9;

  private final Administration administration;
  private final Conversations conversations;

  OpsRoutes(Administration administration, Conversations conversations) {
    this.administration = administration;
    this.conversations = conversations;
  }

  /** What a path behind {@code /v1/ops} is answered with. */
  CompletionStage<HttpResponse> route(
      HttpRequest request, Administrator administrator, List<String> path) {
    if (path.size() != SEGMENTS
        || !path.get(0).equals("tenants")
        || !path.get(2).equals("customers")
        || !path.get(4).equals("conversations")
        || !path.get(6).equals("messages")
        || !path.get(8).equals("explain")) {
      throw ProblemException.of(Problem.NOT_FOUND, "no such path");
    }
    TenantId tenant = administrator.tenant(path.get(1));
    var unusedAdministrator = administrator.requireOps();
    var unused = administration.find(tenant).orElseThrow(Administrator::noSuchTenant);
    if (!request.method().value().equals("GET")) {
      throw ProblemException.of(Problem.METHOD_NOT_ALLOWED, "allowed: GET")
          .with(response -> response.addHeader(RawHeader.create("Allow", "GET")));
    }
    return explain(tenant, path.get(3), path.get(5), path.get(7));
  }

  private CompletionStage<HttpResponse> explain(
      TenantId tenant, String customer, String name, String seq) {
    if (!CustomerId.isValid(customer)
        || !ConversationId.isValidName(name)
        || !seq.matches("[1-9][0-9]{0,17}")) {
      throw unknown();
    }
    return conversations
        .explain(new ConversationId(tenant, new CustomerId(customer), name), Long.parseLong(seq))
        .thenApply(
            report -> Responses.json(200, TurnJson.of(report.orElseThrow(OpsRoutes::unknown))));
  }

  private static ProblemException unknown() {
    return ProblemException.of(
        Problem.NOT_FOUND,
        "nothing is known of such a turn: it has not ended, or too many have ended since, or its"
            + " conversation has moved to another node");
  }
}
