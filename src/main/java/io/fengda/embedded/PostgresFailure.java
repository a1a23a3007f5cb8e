package io.fengda.embedded;

/** What the log of a PostgreSQL program that gave up means to whoever started it. */
final class PostgresFailure {
  private PostgresFailure() {}

  static EmbeddedStartException of(ServiceLog serverLog) {
    String complaint = serverLog.lastLine("FATAL", "PANIC", "ERROR", "error:", "unshare:", "bind");
    if (complaint.startsWith("unshare: unshare")) {
      return PostgresUser.refused("user namespaces are refused here");
    }
    return serverLog.failure(complaint.replaceFirst("^.*?(?=FATAL|PANIC|ERROR)", ""));
  }
}
