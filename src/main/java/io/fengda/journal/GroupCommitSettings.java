package io.fengda.journal;

import akka.actor.ActorSystem;
import akka.persistence.r2dbc.R2dbcSettings;
import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How writes are joined to groups.
 *
 * @param lanes groups that are written at once; a conversation is always of the same lane
 * @param groupMax events of one transaction, but for a write that has more by itself
 * @param queueMax events that may wait in a lane; beyond it a write fails at once
 * @param window the longest that a write waits for others while its lane is free
 * @param writeTimeout a write that waited so long was given up by its writer, and is not begun
 */
record GroupCommitSettings(
    int lanes, int groupMax, int queueMax, Duration window, Duration writeTimeout) {
  private static final String PLUGIN = "fengda.journal.group-commit";

  GroupCommitSettings {
    atLeast("lanes", lanes, 1);
    atLeast("group-max", groupMax, 1);
    atLeast("queue-max", queueMax, groupMax);
    if (window.isNegative() || window.compareTo(writeTimeout) >= 0) {
      throw new IllegalArgumentException(
          PLUGIN
              + ".window is "
              + window
              + "; expected from 0 to below circuit-breaker.call-timeout, "
              + writeTimeout);
    }
  }

  static GroupCommitSettings of(ActorSystem system) {
    Config config = system.settings().config().getConfig(PLUGIN);
    return new GroupCommitSettings(
        config.getInt("lanes"),
        config.getInt("group-max"),
        config.getInt("queue-max"),
        config.getDuration("window"),
        config.getDuration("circuit-breaker.call-timeout"));
  }

  /** The settings of the stock plugin, whose tables these are. */
  static R2dbcSettings stock(ActorSystem system) {
    return new R2dbcSettings(system.settings().config().getConfig("akka.persistence.r2dbc"));
  }

  private static void atLeast(String name, int value, int min) {
    if (value < min) {
      throw new IllegalArgumentException(
          "%s.%s is %d; expected at least %d".formatted(PLUGIN, name, value, min));
    }
  }
}
