package io.fengda.operator;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Directives;
import akka.http.javadsl.server.PathMatchers;
import akka.http.javadsl.server.Route;
import akka.management.javadsl.ManagementRouteProvider;
import akka.management.javadsl.ManagementRouteProviderSettings;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.FiniteDuration;

/**
 * The operator's page on the management port: {@code GET /operator}, what it shows ({@code GET
 * /operator/state}) and what it does ({@code POST /operator/drain}).
 */
public final class OperatorRoutes implements ManagementRouteProvider {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BODY_BYTES_MAX = 1024;
  private static final FiniteDuration BODY_TIME_MAX = FiniteDuration.create(2, TimeUnit.SECONDS);

  private final ClusterView cluster;
  private final OperatorFiles files;

  /** Called by Akka Management, once; the node then speaks for itself to all others. */
  public OperatorRoutes(ExtendedActorSystem extended) {
    ActorSystem<?> system = Adapter.toTyped(extended);
    OperatorSettings settings = OperatorSettings.of(system);
    this.cluster = new ClusterView(system, settings, Clock.systemUTC());
    this.files = OperatorFiles.load();
    var unused = system.systemActorOf(OperatorNode.create(settings), "operator", Props.empty());
  }

  @Override
  public Route routes(ManagementRouteProviderSettings settings) {
    return Directives.concat(
        Directives.pathEndOrSingleSlash(
            () ->
                Directives.get(
                    () -> Directives.redirect(Uri.create("/operator"), StatusCodes.SEE_OTHER))),
        Directives.pathPrefix(
            "operator",
            () ->
                Directives.concat(
                    Directives.pathEnd(
                        () -> Directives.get(() -> Directives.extractRequest(this::page))),
                    Directives.path("state", () -> Directives.get(this::state)),
                    Directives.path("drain", () -> Directives.post(this::drain)),
                    Directives.path(
                        PathMatchers.segment(),
                        name ->
                            Directives.get(
                                () ->
                                    Directives.extractRequest(request -> file(name, request)))))));
  }

  private Route page(HttpRequest request) {
    return Directives.complete(files.page(request));
  }

  private Route file(String name, HttpRequest request) {
    return files.find(name, request).map(Directives::complete).orElseGet(Directives::reject);
  }

  private Route state() {
    return Directives.completeWithFuture(cluster.report().thenApply(report -> json(200, report)));
  }

  private Route drain() {
    return Directives.toStrictEntity(
        BODY_TIME_MAX,
        BODY_BYTES_MAX,
        () ->
            Directives.extractRequest(request -> Directives.completeWithFuture(drained(request))));
  }

  /** A page of another site can send neither JSON nor the header of our own. */
  private CompletionStage<HttpResponse> drained(HttpRequest request) {
    if (!request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)) {
      return refused(415, "not-json", "Send application/json.");
    }
    if (header(request, "Sec-Fetch-Site").filter(site -> !site.equals("same-origin")).isPresent()) {
      return refused(403, "foreign-page", "Only the operator's own page drains nodes.");
    }
    Optional<String> node = node((HttpEntity.Strict) request.entity());
    if (node.isEmpty()) {
      return refused(400, "no-node", "Send {\"node\": \"host:port\"}, a member's cluster port.");
    }
    return cluster
        .drain(node.get())
        .thenApply(
            refusal ->
                refusal
                    .map(OperatorRoutes::refusal)
                    .orElseGet(() -> json(202, Map.of("node", node.get()))));
  }

  private static Optional<String> header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value);
  }

  private static Optional<String> node(HttpEntity.Strict body) {
    try {
      JsonNode json = JSON.readTree(body.getData().toArray());
      return Optional.ofNullable(json.path("node").textValue());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static HttpResponse refusal(DrainRefusal refusal) {
    return json(
        refusal.reason().status(),
        Map.of(
            "code", refusal.code(),
            "title", refusal.reason().sentence(),
            "role", refusal.role()));
  }

  private static CompletionStage<HttpResponse> refused(int status, String code, String title) {
    return CompletableFuture.completedStage(
        json(status, Map.of("code", code, "title", title, "role", "")));
  }

  private static HttpResponse json(int status, Object value) {
    try {
      return HttpResponse.create()
          .withStatus(status)
          .withEntity(
              HttpEntities.create(ContentTypes.APPLICATION_JSON, JSON.writeValueAsBytes(value)))
          .addHeader(RawHeader.create("Cache-Control", "no-store"))
          .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("can not be written as JSON: " + value, e);
    }
  }
}
