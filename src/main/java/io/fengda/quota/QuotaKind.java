package io.fengda.quota;

import io.fengda.tenant.Tenant;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAccumulator;

/** What a tenant has a quota of. */
public enum QuotaKind {
  /** Calls and messages a second, at the gateways. */
  CALLS("calls"),
  /** Turns that are open at the same time, at the conversation nodes. */
  OPEN_TURNS("turns");

  private final String key;

  QuotaKind(String key) {
    this.key = key;
  }

  /** Names the kind in an entity's id. */
  String key() {
    return key;
  }

  static QuotaKind ofKey(String key) {
    return Arrays.stream(values())
        .filter(kind -> kind.key.equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no kind of quota: " + key));
  }

  /** Of the whole cluster. */
  int quotaOf(Tenant tenant) {
    return switch (this) {
      case CALLS -> tenant.messagesPerSecond();
      case OPEN_TURNS -> tenant.openTurnsMax();
    };
  }

  /** What was asked for in so many seconds, in the unit of the quota. */
  long demand(long asked, double seconds) {
    return switch (this) {
      case CALLS -> (long) Math.ceil(asked / seconds);
      case OPEN_TURNS -> asked;
    };
  }

  /** Joins what a node is asked for between two renewals. */
  LongAccumulator demand() {
    return switch (this) {
      case CALLS -> new LongAccumulator(Long::sum, 0);
      case OPEN_TURNS -> new LongAccumulator(Long::max, 0);
    };
  }
}
