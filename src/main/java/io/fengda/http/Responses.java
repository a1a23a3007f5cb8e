package io.fengda.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.UnavailableException;
import io.fengda.conversation.model.Refusal;
import io.fengda.identity.KeysUnavailableException;
import io.fengda.identity.TokenRefusedException;
import io.fengda.telemetry.LogAbout;
import io.fengda.telemetry.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a request is answered with. */
final class Responses {
  private static final Logger log = LoggerFactory.getLogger(Responses.class);

  private static final ContentType PROBLEM_JSON =
      MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8).toContentType();

  private Responses() {}

  static HttpResponse json(int status, ObjectNode json) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON, Json.write(json).getBytes(StandardCharsets.UTF_8)));
  }

  static HttpResponse problem(Problem problem, String detail, TraceContext trace) {
    return problem(ProblemException.of(problem, detail), trace);
  }

  static HttpResponse problem(ProblemException thrown, TraceContext trace) {
    Problem problem = thrown.problem();
    HttpResponse response =
        thrown
            .addHeaders(HttpResponse.create())
            .withStatus(problem.status())
            .withEntity(
                HttpEntities.create(
                    PROBLEM_JSON,
                    Json.write(problemBody(thrown, trace)).getBytes(StandardCharsets.UTF_8)));
    if (problem == Problem.UNAUTHENTICATED) {
      return response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer"));
    }
    return problem.hasRetryAfter()
        ? response.addHeader(
            RawHeader.create("Retry-After", Long.toString(problem.retryAfter().toSeconds())))
        : response;
  }

  static ObjectNode problemBody(ProblemException thrown, TraceContext trace) {
    return Wire.problem(thrown.problem(), thrown.detail(), thrown.pointer(), trace.traceId());
  }

  /** What a refusal of a conversation says on the wire. */
  static ProblemException refused(Refusal refusal) {
    Problem problem = Problem.of(refusal);
    return ProblemException.of(problem, problem.title());
  }

  /** The problem of a failure; one that has none is a bug, and logged. */
  static ProblemException problemOf(Throwable failure, TraceContext trace) {
    return switch (failure) {
      case CompletionException wrapped when wrapped.getCause() != null ->
          problemOf(wrapped.getCause(), trace);
      case ProblemException thrown -> thrown;
      case TokenRefusedException refused ->
          ProblemException.of(Problem.UNAUTHENTICATED, String.valueOf(refused.getMessage()));
      case KeysUnavailableException unavailable ->
          ProblemException.of(Problem.KEYS_UNAVAILABLE, String.valueOf(unavailable.getMessage()));
      case EntityStreamSizeException tooLarge ->
          ProblemException.of(Problem.BODY_TOO_LARGE, "the body is too large");
      case EntityStreamException broken ->
          ProblemException.of(Problem.INVALID_REQUEST, "the body broke off");
      case UnavailableException unavailable ->
          ProblemException.of(Problem.UNAVAILABLE, "the conversation did not answer in time");
      case TimeoutException late ->
          ProblemException.of(Problem.UNAVAILABLE, "the tenants' registry did not answer in time");
      default -> {
        log.atError()
            .addKeyValue(LogAbout.TRACE, trace.traceId())
            .setCause(failure)
            .log("a bug, or something that nobody expected");
        yield ProblemException.of(Problem.INTERNAL, "see the log under the trace id");
      }
    };
  }
}
