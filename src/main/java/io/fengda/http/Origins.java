package io.fengda.http;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import java.util.Optional;

/**
 * Which sites' pages may call: CORS by the Fetch standard, and the same for the handshake of a
 * WebSocket, which browsers do not guard (RFC 6455, 10.2). A page may read an answer if any tenant
 * allows its origin; it gets one only from a tenant that does. No cookie is ever read.
 */
final class Origins {
  /** Files are for every site, see {@link Pages}. */
  private static final String API = "/v1/";

  private static final String METHODS = "GET, POST, DELETE";
  private static final String HEADERS =
      "Authorization, Content-Type, X-Api-Key, Last-Event-ID, Prefer, traceparent";
  private static final String EXPOSED = "Location, Retry-After, RateLimit, RateLimit-Policy";
  private static final String PREFLIGHT_SECONDS = "600";

  private final Tenants tenants;

  Origins(Tenants tenants) {
    this.tenants = tenants;
  }

  /** Refuses a request of another site's page that the tenant does not allow. */
  static void require(HttpRequest request, Tenant tenant) {
    foreign(request)
        .filter(origin -> !tenant.allowedOrigins().contains(origin))
        .ifPresent(
            origin -> {
              throw ProblemException.of(
                  Problem.ORIGIN_NOT_ALLOWED,
                  "pages of this origin may not call for " + tenant.id().value());
            });
  }

  static boolean isPreflight(HttpRequest request) {
    return request.method().equals(HttpMethods.OPTIONS)
        && Requests.header(request, "Access-Control-Request-Method").isPresent();
  }

  /** A browser asks whether a page may make a call. */
  HttpResponse preflight(HttpRequest request) {
    HttpResponse response = HttpResponse.create().withStatus(204);
    return foreign(request).filter(tenants::allowOrigin).isPresent()
        ? response
            .addHeader(RawHeader.create("Access-Control-Allow-Methods", METHODS))
            .addHeader(RawHeader.create("Access-Control-Allow-Headers", HEADERS))
            .addHeader(RawHeader.create("Access-Control-Max-Age", PREFLIGHT_SECONDS))
        : response;
  }

  /** Lets the page that asked read the answer, if any tenant allows its origin. */
  HttpResponse shared(HttpRequest request, HttpResponse response) {
    return foreign(request)
        .filter(origin -> request.getUri().path().startsWith(API))
        .filter(tenants::allowOrigin)
        .map(
            origin ->
                response
                    .addHeader(RawHeader.create("Access-Control-Allow-Origin", origin))
                    .addHeader(RawHeader.create("Access-Control-Expose-Headers", EXPOSED))
                    .addHeader(RawHeader.create("Vary", "Origin")))
        .orElse(response);
  }

  /** Whether it is the origin of a host, which may name the scheme's own port (RFC 9110, 4.2.3). */
  private static boolean isOf(String origin, String host) {
    String ownPort = origin.startsWith("https://") ? ":443" : ":80";
    String named =
        host.endsWith(ownPort) ? host.substring(0, host.length() - ownPort.length()) : host;
    return origin.replaceFirst("^https?://", "").equalsIgnoreCase(named);
  }

  /** The origin of another site's page; empty for our own, and for what is no page. */
  private static Optional<String> foreign(HttpRequest request) {
    String own = Requests.header(request, "Host").filter(host -> !host.isEmpty()).orElse("?");
    return Requests.header(request, "Origin").filter(origin -> !isOf(origin, own));
  }
}
