package io.fengda.administration;

import com.typesafe.config.Config;
import io.fengda.tenant.TenantSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads {@code fengda.administration}.
 *
 * @param refresh how often each node looks for what changed
 * @param timeout of a change
 * @param eraseAfter how long after its deletion a tenant's conversations are erased, and how often
 *     it is looked again
 * @param eraseFor how long it is looked again: above the longest deadline of a turn
 * @param platformKeys seal the secrets of tenants; the present one first
 * @param tenants the bounds of tenants' settings, and those that the configuration has
 */
public record AdministrationSettings(
    Duration refresh,
    Duration timeout,
    Duration eraseAfter,
    Duration eraseFor,
    List<String> platformKeys,
    TenantSettings tenants) {
  /** By then every node that can be reached has heard of a deletion. */
  private static final Duration ERASE_AFTER_MIN = Duration.ofSeconds(2);

  public AdministrationSettings {
    platformKeys = List.copyOf(platformKeys);
    if (!refresh.isPositive() || refresh.compareTo(Duration.ofMillis(900)) > 0) {
      throw new IllegalArgumentException(
          "fengda.administration.refresh: %s is not above 0 and at most 900 ms".formatted(refresh));
    }
    if (eraseAfter.compareTo(ERASE_AFTER_MIN) < 0) {
      throw new IllegalArgumentException(
          "fengda.administration.erase-after: %s is below %s"
              .formatted(eraseAfter, ERASE_AFTER_MIN));
    }
  }

  public static AdministrationSettings from(Config root) {
    Config config = root.getConfig("fengda.administration");
    Config identity = root.getConfig("fengda.identity");
    return new AdministrationSettings(
        config.getDuration("refresh"),
        config.getDuration("timeout"),
        config.getDuration("erase-after"),
        config.getDuration("erase-for"),
        Stream.of("platform-key", "platform-key-before")
            .map(identity::getString)
            .filter(key -> !key.isEmpty())
            .toList(),
        TenantSettings.of(root));
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "AdministrationSettings[%s]".formatted(refresh);
  }
}
