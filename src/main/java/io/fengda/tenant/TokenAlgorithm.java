package io.fengda.tenant;

/** How a tenant may sign its own tokens (RFC 7518, 3.1). */
public enum TokenAlgorithm {
  /** By a secret that the tenant shares with Fengda. */
  HS256,
  /** By a key of the tenant, whose public half is in its key set. */
  RS256,
  /** By a key of the tenant on the curve P-256. */
  ES256;

  public boolean isByKeySet() {
    return this != HS256;
  }
}
