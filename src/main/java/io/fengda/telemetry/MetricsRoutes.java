package io.fengda.telemetry;

import akka.actor.ExtendedActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.Directives;
import akka.http.javadsl.server.Route;
import akka.management.javadsl.ManagementRouteProvider;
import akka.management.javadsl.ManagementRouteProviderSettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** {@code GET /metrics} on the management port, in Prometheus' text format. */
public final class MetricsRoutes implements ManagementRouteProvider {
  private final PrometheusMeterRegistry registry;

  /** Called by Akka Management. */
  public MetricsRoutes(ExtendedActorSystem system) {
    this.registry = MetricsExtension.registry(system);
  }

  @Override
  public Route routes(ManagementRouteProviderSettings settings) {
    return Directives.path("metrics", () -> Directives.get(this::scrape));
  }

  private Route scrape() {
    return Directives.complete(
        HttpResponse.create()
            .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, registry.scrape())));
  }
}
