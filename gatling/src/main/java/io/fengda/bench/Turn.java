package io.fengda.bench;

/**
 * One turn under load.
 *
 * @param dueNanos when it was to be sent, since the start of the load
 * @param latencyNanos from then to the response: a generator that lags hides nothing
 * @param vendorMillis how long the vendor had it, as it says with the answer; 0 where it does not
 */
record Turn(
    String tenant,
    String customer,
    String messageId,
    long dueNanos,
    long latencyNanos,
    double vendorMillis,
    Outcome outcome) {
  double millis() {
    return latencyNanos / 1e6;
  }

  double dueSeconds() {
    return dueNanos / 1e9;
  }
}
