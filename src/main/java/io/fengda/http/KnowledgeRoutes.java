package io.fengda.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.StreamConverters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.administration.Administration;
import io.fengda.administration.KnowledgeAdministration;
import io.fengda.knowledge.Explainer;
import io.fengda.knowledge.Explanation;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeLine;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/** {@code /v1/admin/tenants/{tenant}/knowledge…}: what a tenant knows. */
final class KnowledgeRoutes {
  private static final ContentType NDJSON =
      MediaTypes.customWithFixedCharset(
              "application",
              "x-ndjson",
              akka.http.javadsl.model.HttpCharsets.UTF_8,
              java.util.Map.of(),
              true)
          .toContentType();

  private static final int PAGE_MAX = 200;
  private static final int PAGE_DEFAULT = 50;
  private static final int SOUGHT_LENGTH_MAX = 200;
  private static final int IMPORTS_MAX = 8;

  private final Semaphore imports = new Semaphore(IMPORTS_MAX);

  private final Requests requests;
  private final HttpSettings settings;
  private final Administration administration;
  private final KnowledgeAdministration knowledge;
  private final Tenants tenants;
  private final Explainer explainer;

  KnowledgeRoutes(Requests requests, HttpSettings settings, Gateway.Behind behind) {
    this.requests = requests;
    this.settings = settings;
    this.administration = behind.administration();
    this.knowledge = administration.knowledge();
    this.tenants = behind.tenants();
    this.explainer = behind.explainer();
  }

  /** {@code POST …/knowledge/questions}: what the answerer would find, and why. */
  CompletionStage<HttpResponse> ask(HttpRequest request, TenantId id) {
    Tenant tenant = tenants.find(id).orElseThrow(Administrator::noSuchTenant);
    return requests
        .body(request)
        .thenCompose(
            body -> {
              JsonNode json = Json.readObject(body, Set.of("question", "lang"));
              String question =
                  Json.string(json, "question")
                      .filter(text -> !text.isBlank())
                      .orElseThrow(
                          () ->
                              ProblemException.at(
                                  "/question", Problem.INVALID_FIELD, "the question is missing"));
              return explainer.explain(
                  tenant,
                  Json.string(json, "lang")
                      .map(Language::ofTag)
                      .orElseGet(() -> Language.ofText(question, Language.ZH)),
                  CustomerText.checked(question, settings.textBytesMax()));
            })
        .thenApply(
            explanation ->
                Responses.json(
                    200,
                    json(
                        explanation.orElseThrow(
                            () ->
                                ProblemException.of(
                                    Problem.NOT_EXPLAINED,
                                    "the answerer is none of the tenant's vendors, can not be"
                                        + " reached, or knows nothing yet")))));
  }

  private static ObjectNode json(Explanation explanation) {
    ObjectNode json =
        Json.object()
            .put("vendor", explanation.vendor())
            .put("by", explanation.byMeaning() ? "meaning" : "words")
            .put("threshold", explanation.threshold());
    ArrayNode candidates = json.putArray("candidates");
    for (Explanation.Candidate candidate : explanation.candidates()) {
      candidates
          .addObject()
          .put("id", candidate.id())
          .put("question", candidate.question())
          .put("confidence", candidate.confidence())
          .put("answers", candidate.confidence() >= explanation.threshold());
    }
    return json;
  }

  /** {@code GET …/knowledge}: entries in the order of their ids. */
  CompletionStage<HttpResponse> list(HttpRequest request, TenantId tenant) {
    String after = request.getUri().query().get("after").orElse("");
    String contains = request.getUri().query().get("contains").orElse("");
    if (contains.length() > SOUGHT_LENGTH_MAX) {
      throw ProblemException.of(
          Problem.INVALID_PARAMETER,
          "contains has more than %d characters".formatted(SOUGHT_LENGTH_MAX));
    }
    int limit =
        Requests.number(request, "limit", 1, PAGE_MAX).orElse((long) PAGE_DEFAULT).intValue();
    return knowledge
        .list(tenant, after, contains, limit)
        .thenApply(
            page -> {
              ObjectNode json =
                  Json.object().put("version", page.version()).put("total", page.total());
              ArrayNode entries = json.putArray("entries");
              page.entries().forEach(entry -> entries.add(KnowledgeLine.write(entry)));
              if (page.more()) {
                json.put("nextAfter", page.entries().getLast().id());
              }
              return Responses.json(200, json);
            });
  }

  /** {@code PUT …/knowledge/{id}}: one entry. */
  CompletionStage<HttpResponse> put(
      HttpRequest request, Administrator administrator, TenantId tenant, String id) {
    return requests
        .body(request)
        .thenCompose(
            body -> {
              KnowledgeEntry entry = entry(body, id);
              return knowledge.put(tenant, List.of(entry), administrator.name());
            })
        .thenApply(
            result -> {
              String rejected = result.rejected().get(id);
              if (rejected != null) {
                throw ProblemException.of(Problem.ENTRY_REJECTED, rejected);
              }
              return Responses.json(200, Json.object().put("version", result.version()));
            });
  }

  private static KnowledgeEntry entry(byte[] body, String id) {
    try {
      KnowledgeEntry entry =
          KnowledgeLine.parse(body)
              .orElseThrow(
                  () -> ProblemException.at("", Problem.INVALID_FIELD, "expected an entry"));
      if (!entry.id().equals(id)) {
        throw ProblemException.at("/id", Problem.INVALID_FIELD, "not the id of the path");
      }
      return entry;
    } catch (KnowledgeLine.Fault fault) {
      throw ProblemException.at("", Problem.INVALID_FIELD, fault.getMessage());
    }
  }

  /** {@code DELETE …/knowledge/{id}}. */
  CompletionStage<HttpResponse> remove(
      HttpRequest request, Administrator administrator, TenantId tenant, String id) {
    request.discardEntityBytes(requests.system());
    return knowledge
        .remove(tenant, List.of(id), administrator.name())
        .thenApply(
            result -> {
              if (result.rejected().containsKey(id)) {
                throw ProblemException.of(Problem.NOT_FOUND, "no such entry");
              }
              return HttpResponse.create().withStatus(204);
            });
  }

  /**
   * {@code POST …/knowledge/imports}: thousands of entries. The answer begins at once and tells, a
   * line of JSON after each piece, how far it is; the last one is the report.
   */
  CompletionStage<HttpResponse> importAll(
      HttpRequest request, Administrator administrator, TenantId tenant) {
    if (!imports.tryAcquire()) {
      throw ProblemException.of(
          Problem.OVERLOADED, "%d imports are going on at this node".formatted(IMPORTS_MAX));
    }
    try {
      return importNow(request, administrator, tenant);
    } catch (RuntimeException e) {
      imports.release();
      throw e;
    }
  }

  private CompletionStage<HttpResponse> importNow(
      HttpRequest request, Administrator administrator, TenantId tenant) {
    KnowledgeImport.Format format = format(request);
    boolean replace = request.getUri().query().get("replace").filter("true"::equals).isPresent();
    InputStream in =
        request
            .entity()
            .withSizeLimit(settings.importBytesMax())
            .getDataBytes()
            .runWith(StreamConverters.asInputStream(settings.importTimeout()), requests.system());
    KnowledgeImport work =
        new KnowledgeImport(administration, tenant, administrator, format, replace);
    return java.util.concurrent.CompletableFuture.completedStage(
        HttpResponse.create()
            .withEntity(
                HttpEntities.create(
                    NDJSON,
                    StreamConverters.asOutputStream(settings.importTimeout())
                        .mapMaterializedValue(out -> start(work, in, out))))
            .addHeader(RawHeader.create("Cache-Control", "no-store"))
            .addHeader(RawHeader.create("X-Accel-Buffering", "no")));
  }

  private OutputStream start(KnowledgeImport work, InputStream in, OutputStream out) {
    var unused =
        Thread.ofVirtual()
            .name("import")
            .start(
                () -> {
                  try {
                    work.run(in, out);
                  } finally {
                    imports.release();
                  }
                });
    return out;
  }

  private static KnowledgeImport.Format format(HttpRequest request) {
    String type = request.entity().getContentType().mediaType().toString();
    return switch (type) {
      case "text/csv" -> KnowledgeImport.Format.CSV;
      case "application/x-ndjson", "application/jsonl" -> KnowledgeImport.Format.JSON_LINES;
      default ->
          throw ProblemException.of(
              Problem.UNSUPPORTED_MEDIA_TYPE,
              "Content-Type is not application/x-ndjson, application/jsonl or text/csv");
    };
  }
}
