package io.fengda;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.warm-up}.
 *
 * @param time how long it takes at each station that has one; zero: there is none
 * @param customers how many turns are under way at once
 */
record WarmUpSettings(Duration time, int customers) {
  private static final Duration TIME_MAX = Duration.ofMinutes(5);
  private static final int CUSTOMERS_MAX = 1_000;

  /** From a node's first place for conversations to its warm-up, about. */
  private static final Duration START = Duration.ofSeconds(10);

  WarmUpSettings {
    if (time.isNegative() || time.compareTo(TIME_MAX) > 0) {
      throw new IllegalArgumentException(
          "fengda.warm-up.time: %s is not 0 to %s".formatted(time, TIME_MAX));
    }
    if (customers < 1 || customers > CUSTOMERS_MAX) {
      throw new IllegalArgumentException(
          "fengda.warm-up.customers: %d is not 1 to %d".formatted(customers, CUSTOMERS_MAX));
    }
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException also where conversations would come to a node that is not warm
   */
  static WarmUpSettings from(Config root) {
    Config config = root.getConfig("fengda.warm-up");
    WarmUpSettings settings =
        new WarmUpSettings(config.getDuration("time"), config.getInt("customers"));
    Duration settlesIn = root.getDuration("fengda.conversation.node-settles-in");
    Duration busy = settings.time().plus(START);
    if (settlesIn.compareTo(busy) < 0) {
      throw new IllegalArgumentException(
          "fengda.conversation.node-settles-in: %s is below %s, warm-up.time and 10 s for the start"
              .formatted(settlesIn, busy));
    }
    return settings;
  }
}
