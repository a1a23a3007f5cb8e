package io.fengda.bench;

/** How a turn ended, as its customer saw it. */
enum Outcome {
  ANSWER,
  FALLBACK,
  /** 429. */
  QUOTA,
  /** 503. */
  OVERLOAD,
  /** No response, or one that makes no sense here. */
  ERROR
}
