package io.fengda.embedded;

/** The signals that end a process: the one that asks, and the one that follows when it does not. */
enum StopSignals {
  /** PostgreSQL: sessions are ended and a checkpoint is written; at last, neither. */
  POSTGRES_FAST("INT", "QUIT"),
  TERMINATE("TERM", "KILL");

  private final String first;
  private final String last;

  StopSignals(String first, String last) {
    this.first = first;
    this.last = last;
  }

  String first() {
    return first;
  }

  String last() {
    return last;
  }
}
