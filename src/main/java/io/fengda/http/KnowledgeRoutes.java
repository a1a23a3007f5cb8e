package io.fengda.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.StreamConverters;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.administration.Administration;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeLine;
import io.fengda.tenant.TenantId;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletionStage;

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

  private final Requests requests;
  private final HttpSettings settings;
  private final Administration administration;

  KnowledgeRoutes(Requests requests, HttpSettings settings, Administration administration) {
    this.requests = requests;
    this.settings = settings;
    this.administration = administration;
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
    return administration
        .knowledge(tenant, after, contains, limit)
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
              return administration.putKnowledge(tenant, List.of(entry), administrator.name());
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
    return administration
        .removeKnowledge(tenant, List.of(id), administrator.name())
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
    KnowledgeImport.Format format = format(request);
    boolean replace = request.getUri().query().get("replace").filter("true"::equals).isPresent();
    InputStream in =
        request
            .entity()
            .withSizeLimit(settings.importBytesMax())
            .getDataBytes()
            .runWith(StreamConverters.asInputStream(settings.importTimeout()), requests.system());
    KnowledgeImport work =
        new KnowledgeImport(administration, tenant, administrator.name(), format, replace);
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

  private static OutputStream start(KnowledgeImport work, InputStream in, OutputStream out) {
    var unused = Thread.ofVirtual().name("import").start(() -> work.run(in, out));
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
              "Content-Type is %s and not application/x-ndjson, application/jsonl or text/csv"
                  .formatted(type));
    };
  }
}
