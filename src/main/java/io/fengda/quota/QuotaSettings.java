package io.fengda.quota;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.quota}.
 *
 * @param renewal how often a node renews its leases; one holds for three times as long
 */
public record QuotaSettings(Duration renewal) {
  public QuotaSettings {
    if (!renewal.isPositive()) {
      throw new IllegalArgumentException(
          "fengda.quota.renewal: %s is not above 0".formatted(renewal));
    }
  }

  public static QuotaSettings from(Config root) {
    return new QuotaSettings(root.getDuration("fengda.quota.renewal"));
  }

  Duration lease() {
    return renewal.multipliedBy(3);
  }
}
