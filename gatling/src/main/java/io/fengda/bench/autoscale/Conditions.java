package io.fengda.bench.autoscale;

import java.util.EnumMap;
import java.util.Map;

/** What a rehearsed day takes for given. Immutable. */
public final class Conditions {
  private final Map<Condition, Double> values;

  private Conditions(Map<Condition, Double> values) {
    this.values = values;
  }

  public static Conditions usual() {
    Map<Condition, Double> values = new EnumMap<>(Condition.class);
    for (Condition condition : Condition.values()) {
      values.put(condition, condition.usual());
    }
    return new Conditions(values);
  }

  /** The same but for one. */
  public Conditions with(Condition condition, double value) {
    if (!condition.allows(value)) {
      throw new IllegalArgumentException("%s can not be %s".formatted(condition.key(), value));
    }
    Map<Condition, Double> changed = new EnumMap<>(values);
    changed.put(condition, value);
    return new Conditions(changed);
  }

  public double get(Condition condition) {
    return values.get(condition);
  }

  /** The longest that a query may wait for a worker and still be answered in time. */
  public double waitAllowedSeconds() {
    return get(Condition.DEADLINE_SECONDS) - get(Condition.REST_SECONDS);
  }
}
