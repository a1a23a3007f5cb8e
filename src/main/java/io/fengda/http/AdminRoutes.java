package io.fengda.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.administration.AdministeredTenant;
import io.fengda.administration.Administration;
import io.fengda.administration.Administration.Outcome;
import io.fengda.administration.Change;
import io.fengda.administration.Refusal;
import io.fengda.administration.TenantKey;
import io.fengda.tenant.TenantId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** {@code /v1/admin/tenants…}: tenants are made, changed and deleted while the engine runs. */
final class AdminRoutes {
  private static final int AUDIT_MAX = 200;
  private static final int AUDIT_DEFAULT = 50;

  private final Requests requests;
  private final Admission admission;
  private final Administration administration;
  private final KnowledgeRoutes knowledge;

  AdminRoutes(
      Requests requests, Admission admission, HttpSettings settings, Gateway.Behind behind) {
    this.requests = requests;
    this.admission = admission;
    this.administration = behind.administration();
    this.knowledge = new KnowledgeRoutes(requests, settings, behind);
  }

  /** What a path behind {@code /v1/admin/tenants} is answered with. */
  CompletionStage<HttpResponse> route(
      HttpRequest request, Administrator administrator, List<String> path) {
    administrator.own().ifPresent(admission::require);
    String method = request.method().value();
    if (path.isEmpty()) {
      return switch (method) {
        case "GET" -> answer(list(administrator.requireOps()));
        case "POST" -> create(request, administrator.requireOps());
        default -> throw notAllowed("GET, POST");
      };
    }
    TenantId id = administrator.tenant(path.getFirst());
    if (path.size() == 1) {
      return switch (method) {
        case "GET" -> answer(read(id));
        case "PATCH" -> patch(request, administrator, id);
        case "DELETE" -> changed(request, administrator.requireOps(), id, new Change.Delete());
        default -> throw notAllowed("GET, PATCH, DELETE");
      };
    }
    return resource(request, administrator, id, path.subList(1, path.size()));
  }

  private CompletionStage<HttpResponse> resource(
      HttpRequest request, Administrator administrator, TenantId id, List<String> path) {
    if (path.size() == 2 && path.getFirst().equals("keys")) {
      Change remove = new Change.RemoveKey(path.get(1));
      return only(request, "DELETE", () -> changed(request, administrator, id, remove));
    }
    if (path.getFirst().equals("knowledge")) {
      var unused = administration.find(id).orElseThrow(Administrator::noSuchTenant);
      return knowledge(request, administrator, id, path.subList(1, path.size()));
    }
    if (path.size() != 1) {
      throw noSuchPath();
    }
    return switch (path.getFirst()) {
      case "suspend" ->
          only(
              request,
              "POST",
              () -> changed(request, administrator.requireOps(), id, new Change.Suspend()));
      case "resume" ->
          only(
              request,
              "POST",
              () -> changed(request, administrator.requireOps(), id, new Change.Resume()));
      case "audit" -> only(request, "GET", () -> audit(request, id));
      case "keys" -> only(request, "POST", () -> addKey(request, administrator, id));
      default -> throw noSuchPath();
    };
  }

  private CompletionStage<HttpResponse> knowledge(
      HttpRequest request, Administrator administrator, TenantId id, List<String> path) {
    if (path.isEmpty()) {
      return only(request, "GET", () -> knowledge.list(request, id));
    }
    if (path.equals(List.of("imports"))) {
      return only(request, "POST", () -> knowledge.importAll(request, administrator, id));
    }
    if (path.equals(List.of("questions"))) {
      return only(request, "POST", () -> knowledge.ask(request, id));
    }
    if (path.size() != 2 || !path.getFirst().equals("entries")) {
      throw noSuchPath();
    }
    return switch (request.method().value()) {
      case "PUT" -> knowledge.put(request, administrator, id, path.get(1));
      case "DELETE" -> knowledge.remove(request, administrator, id, path.get(1));
      default -> throw notAllowed("PUT, DELETE");
    };
  }

  private static ProblemException noSuchPath() {
    return ProblemException.of(Problem.NOT_FOUND, "no such path");
  }

  private static CompletionStage<HttpResponse> only(
      HttpRequest request, String method, Supplier<CompletionStage<HttpResponse>> what) {
    if (!request.method().value().equals(method)) {
      throw notAllowed(method);
    }
    return what.get();
  }

  private static ProblemException notAllowed(String allowed) {
    return ProblemException.of(Problem.METHOD_NOT_ALLOWED, "allowed: " + allowed)
        .with(response -> response.addHeader(RawHeader.create("Allow", allowed)));
  }

  private static CompletionStage<HttpResponse> answer(HttpResponse response) {
    return CompletableFuture.completedStage(response);
  }

  private HttpResponse list(Administrator unused) {
    ObjectNode json = Json.object();
    ArrayNode tenants = json.putArray("tenants");
    administration
        .all()
        .forEach(
            tenant ->
                tenants
                    .addObject()
                    .put("id", tenant.id())
                    .put("version", tenant.edited())
                    .put("suspended", tenant.suspended()));
    ArrayNode erasing = json.putArray("erasing");
    administration.erasing().stream().sorted().forEach(erasing::add);
    return Responses.json(200, json);
  }

  private HttpResponse read(TenantId id) {
    return Responses.json(
        200, json(administration.find(id).orElseThrow(Administrator::noSuchTenant)));
  }

  private CompletionStage<HttpResponse> create(HttpRequest request, Administrator administrator) {
    requireVault();
    return requests
        .body(request)
        .thenCompose(
            body -> {
              JsonNode json = Json.readObject(body, Set.of("id", "settings"));
              String id = Json.string(json, "id").orElse("");
              if (!TenantId.isValid(id) || id.startsWith("-")) {
                throw ProblemException.at(
                    "/id",
                    Problem.INVALID_FIELD,
                    "expected [a-z0-9-]{1,32} that does not begin with a hyphen");
              }
              Map<String, Object> settings =
                  json.has("settings") ? Json.map(json.get("settings")) : Map.of();
              return administration.create(id, settings, administrator.name());
            })
        .thenApply(this::created);
  }

  private void requireVault() {
    if (!administration.canKeepSecrets()) {
      throw ProblemException.of(Problem.PLATFORM_KEY_MISSING, Problem.PLATFORM_KEY_MISSING.title());
    }
  }

  /** Keys are told here, and never again. */
  private HttpResponse created(Administration.Created created) {
    AdministeredTenant tenant = tenantOf(created.outcome(), "/settings/");
    ObjectNode json = Json.object();
    json.set("tenant", json(tenant));
    ArrayNode keys = json.putArray("keys");
    created.keys().forEach(key -> keys.add(json(key.kept()).put("key", key.key())));
    return Responses.json(201, json)
        .addHeader(RawHeader.create("Location", "/v1/admin/tenants/" + tenant.id()))
        .addHeader(RawHeader.create("Cache-Control", "no-store"));
  }

  private CompletionStage<HttpResponse> patch(
      HttpRequest request, Administrator administrator, TenantId id) {
    long ifVersion =
        Requests.header(request, "If-Match")
            .map(tag -> Requests.number(tag.replace("\"", ""), "If-Match", 1, Long.MAX_VALUE))
            .orElse(0L);
    return requests
        .body(request)
        .thenCompose(
            body ->
                administration.apply(
                    id.value(),
                    Change.Patch.of(Json.readMap(body), ifVersion),
                    administrator.name()))
        .thenApply(outcome -> Responses.json(200, json(tenantOf(outcome, "/"))));
  }

  private CompletionStage<HttpResponse> addKey(
      HttpRequest request, Administrator administrator, TenantId id) {
    requireVault();
    return requests
        .body(request)
        .thenCompose(
            body -> {
              JsonNode json = Json.readObject(body, Set.of("kind"));
              return administration.addKey(id.value(), kind(json), administrator.name());
            })
        .thenApply(this::created);
  }

  private static TenantKey.Kind kind(JsonNode json) {
    String name = Json.string(json, "kind").orElse("");
    return Arrays.stream(TenantKey.Kind.values())
        .filter(kind -> kind.wire().equals(name))
        .findAny()
        .orElseThrow(
            () ->
                ProblemException.at(
                    "/kind", Problem.INVALID_FIELD, "expected secret, publishable or token"));
  }

  private CompletionStage<HttpResponse> changed(
      HttpRequest request, Administrator administrator, TenantId id, Change change) {
    request.discardEntityBytes(requests.system());
    return administration
        .apply(id.value(), change, administrator.name())
        .thenApply(
            outcome ->
                switch (outcome) {
                  case Outcome.Changed changed ->
                      changed
                          .tenant()
                          .map(tenant -> Responses.json(200, json(tenant)))
                          .orElseGet(() -> HttpResponse.create().withStatus(204));
                  case Outcome.Refused refused -> throw problem(refused, "/");
                });
  }

  private CompletionStage<HttpResponse> audit(HttpRequest request, TenantId id) {
    var unused = administration.find(id).orElseThrow(Administrator::noSuchTenant);
    long before = Requests.number(request, "before", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
    int limit =
        Requests.number(request, "limit", 1, AUDIT_MAX).orElse((long) AUDIT_DEFAULT).intValue();
    return administration
        .audit(id, before, limit)
        .thenApply(
            audited -> {
              ObjectNode json = Json.object();
              ArrayNode events = json.putArray("events");
              audited.forEach(event -> events.add(AuditJson.of(event)));
              if (audited.size() == limit) {
                json.put("nextBefore", audited.getLast().number());
              }
              return Responses.json(200, json);
            });
  }

  private AdministeredTenant tenantOf(Outcome outcome, String prefix) {
    return switch (outcome) {
      case Outcome.Changed changed -> changed.tenant().orElseThrow(Administrator::noSuchTenant);
      case Outcome.Refused refused -> throw problem(refused, prefix);
    };
  }

  private static ProblemException problem(Outcome.Refused refused, String prefix) {
    Problem problem = problem(refused.refusal());
    return refused.setting().isEmpty()
        ? ProblemException.of(problem, refused.detail())
        : ProblemException.at(
            prefix + SettingPointer.of(refused.setting()), problem, refused.detail());
  }

  private static Problem problem(Refusal refusal) {
    return switch (refusal) {
      case NO_SUCH_TENANT, NO_SUCH_KEY -> Problem.NOT_FOUND;
      case ID_TAKEN -> Problem.TENANT_ID_TAKEN;
      case LAST_KEY -> Problem.LAST_KEY;
      case TOO_MANY_TENANTS, TOO_MANY_KEYS -> Problem.TOO_MANY;
      case INVALID_SETTING, SETTINGS_TOO_LARGE -> Problem.INVALID_SETTING;
      case CHANGED_MEANWHILE -> Problem.CHANGED_MEANWHILE;
    };
  }

  private ObjectNode json(AdministeredTenant tenant) {
    ObjectNode json =
        Json.object()
            .put("id", tenant.id())
            .put("version", tenant.edited())
            .put("suspended", tenant.suspended());
    json.set("settings", Json.tree(administration.settings(tenant)));
    ArrayNode own = json.putArray("own");
    tenant.settings().keySet().stream().sorted().forEach(own::add);
    ArrayNode keys = json.putArray("keys");
    tenant.keys().forEach(key -> keys.add(json(key)));
    return json;
  }

  private static ObjectNode json(TenantKey key) {
    return Json.object()
        .put("id", key.id())
        .put("kind", key.kind().wire())
        .put("createdAt", key.createdAt().toString())
        .put("createdBy", key.createdBy());
  }
}
