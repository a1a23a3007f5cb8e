package io.fengda.operator;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Reads {@code fengda.operator}.
 *
 * @param drain whether a node may be drained by a call to a management port
 * @param timeout how long a node may take to tell about itself, or to begin to drain
 * @param page where the page of this node is
 */
record OperatorSettings(boolean drain, Duration timeout, String page) {
  OperatorSettings {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException(
          "fengda.operator.timeout: %s is not above 0".formatted(timeout));
    }
  }

  static OperatorSettings of(ActorSystem<?> system) {
    Config root = system.settings().config();
    return new OperatorSettings(
        root.getBoolean("fengda.operator.drain"),
        root.getDuration("fengda.operator.timeout"),
        "http://%s:%d/operator"
            .formatted(
                root.getString("akka.management.http.hostname"),
                root.getInt("akka.management.http.port")));
  }
}
