package io.fengda.http;

/** Ends the handling of a request with a problem. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final String pointer;

  private ProblemException(Problem problem, String detail, String pointer) {
    super(detail, null, false, false);
    this.problem = problem;
    this.pointer = pointer;
  }

  static ProblemException of(Problem problem, String detail) {
    return new ProblemException(problem, detail, "");
  }

  /** A problem with one field, named by its JSON pointer. */
  static ProblemException at(String pointer, Problem problem, String detail) {
    return new ProblemException(problem, detail, pointer);
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
