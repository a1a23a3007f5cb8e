package io.fengda.http;

import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.fengda.telemetry.Span;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A call's part of its trace: it goes on with the caller's, or begins one. */
final class HttpTrace {
  /** On a response whose turn ended with a fallback. */
  static final AttributeKey<Boolean> FALLBACK = AttributeKey.create("fallback", Boolean.class);

  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;

  /** The words of our paths; whatever else stands in one is somebody's. */
  private static final Set<String> WORDS =
      Set.of(
          "v1",
          "sessions",
          "branding",
          "conversations",
          "messages",
          "stop",
          "events",
          "ws",
          "admin",
          "tenants",
          "suspend",
          "resume",
          "audit",
          "keys",
          "knowledge",
          "imports",
          "questions",
          "entries",
          "ops",
          "customers",
          "explain");

  private static final int SEGMENTS_MAX = 12;

  private final Optional<TraceContext> caller;
  private final TraceContext own;
  private final Instant began;

  private HttpTrace(Optional<TraceContext> caller, TraceContext own, Instant began) {
    this.caller = caller;
    this.own = own;
    this.began = began;
  }

  /** Begins now. A caller's header that is not well formed counts as none, as the standard asks. */
  static HttpTrace begin(HttpRequest request, Spans spans) {
    Optional<TraceContext> caller =
        Requests.header(request, "traceparent")
            .flatMap(TraceContext::parse)
            .map(given -> given.isSampled() && !spans.mayCallerKeep() ? given.unsampled() : given);
    TraceContext own =
        caller
            .map(given -> given.at(TraceContext.newSpanId()))
            .orElseGet(() -> TraceContext.create(spans.samples()));
    return new HttpTrace(caller, own, Instant.now());
  }

  /** What comes of the call is below this. */
  TraceContext context() {
    return own;
  }

  /** The call has this answer. */
  void ended(HttpRequest request, HttpResponse response, Spans spans) {
    Instant now = Instant.now();
    int status = response.status().intValue();
    boolean failed = status >= INTERNAL_ERROR && status != UNAVAILABLE;
    boolean isFallback = response.getAttribute(FALLBACK).orElse(false);
    if (spans.wants(own.isSampled(), failed || isFallback, Duration.between(began, now))) {
      String route = route(request, status);
      spans.export(
          new Span(
              own.traceId(),
              own.spanId(),
              caller.map(TraceContext::spanId).orElse(""),
              Span.Kind.SERVER,
              request.method().value() + " " + route,
              began,
              now,
              failed,
              Map.of(
                  "http.request.method",
                  request.method().value(),
                  "http.route",
                  route,
                  "http.response.status_code",
                  Integer.toString(status))));
    }
  }

  /** The path without what names somebody; of what is not ours nothing is told. */
  private static String route(HttpRequest request, int status) {
    List<String> segments = Gateway.path(request.getUri());
    if (status == NOT_FOUND
        || segments.size() > SEGMENTS_MAX
        || segments.isEmpty()
        || !segments.getFirst().equals("v1")) {
      return "/";
    }
    return segments.stream()
        .map(segment -> WORDS.contains(segment) ? segment : "{id}")
        .collect(Collectors.joining("/", "/", ""));
  }
}
