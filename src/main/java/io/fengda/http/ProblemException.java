package io.fengda.http;

import akka.http.javadsl.model.HttpResponse;
import java.util.function.UnaryOperator;

/** Ends the handling of a request with a problem. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final String pointer;
  private final transient UnaryOperator<HttpResponse> headers;

  private ProblemException(
      Problem problem, String detail, String pointer, UnaryOperator<HttpResponse> headers) {
    super(detail, null, false, false);
    this.problem = problem;
    this.pointer = pointer;
    this.headers = headers;
  }

  static ProblemException of(Problem problem, String detail) {
    return new ProblemException(problem, detail, "", UnaryOperator.identity());
  }

  /** A problem with one field, named by its JSON pointer. */
  static ProblemException at(String pointer, Problem problem, String detail) {
    return new ProblemException(problem, detail, pointer, UnaryOperator.identity());
  }

  /** The same, answered with these headers too. */
  ProblemException with(UnaryOperator<HttpResponse> headers) {
    return new ProblemException(problem, detail(), pointer, headers);
  }

  HttpResponse addHeaders(HttpResponse response) {
    return headers.apply(response);
  }

  Problem problem() {
    return problem;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  /** The JSON pointer of the field, or empty. */
  String pointer() {
    return pointer;
  }
}
