package io.fengda.journal;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.persistence.Persistence;
import akka.persistence.r2dbc.R2dbcSettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Set;

/**
 * How writes are joined to groups.
 *
 * @param lanes groups that are written at once; a conversation is always of the same lane
 * @param groupMax events of one transaction, but for a write that has more by itself
 * @param queueMax events that may wait in a lane; beyond it a write fails at once
 * @param window the longest that a write waits for others while its lane is free
 * @param lockTimeout how long a group waits for a transaction of another node's in its way
 * @param writeTimeout a write that waited so long was given up by its writer, and is not begun; a
 *     group that takes so long is given up
 */
public record GroupCommitSettings(
    int lanes,
    int groupMax,
    int queueMax,
    Duration window,
    Duration lockTimeout,
    Duration writeTimeout) {
  private static final String PLUGIN = "fengda.journal.group-commit";
  private static final Set<String> PLUGINS = Set.of(PLUGIN, "akka.persistence.r2dbc.journal");

  public GroupCommitSettings {
    atLeast("lanes", lanes, 1);
    atLeast("group-max", groupMax, 1);
    atLeast("queue-max", queueMax, groupMax);
    shorter("window", window, writeTimeout);
    shorter("lock-timeout", lockTimeout, writeTimeout);
  }

  /** Reads {@code fengda.journal}. */
  public static GroupCommitSettings from(Config root) {
    String plugin = root.getString("fengda.journal.plugin");
    if (!PLUGINS.contains(plugin)) {
      throw new IllegalArgumentException(
          "fengda.journal.plugin (FENGDA_JOURNAL_PLUGIN) is %s; expected one of %s"
              .formatted(plugin, PLUGINS));
    }
    Config config = root.getConfig(PLUGIN);
    return new GroupCommitSettings(
        config.getInt("lanes"),
        config.getInt("group-max"),
        config.getInt("queue-max"),
        config.getDuration("window"),
        config.getDuration("lock-timeout"),
        config.getDuration("circuit-breaker.call-timeout"));
  }

  static GroupCommitSettings of(ActorSystem system) {
    return from(system.settings().config());
  }

  /** The settings of the stock plugin, whose tables these are. */
  static R2dbcSettings stock(ActorSystem system) {
    return new R2dbcSettings(system.settings().config().getConfig("akka.persistence.r2dbc"));
  }

  /** The stock plugin's snapshots. */
  static ActorRef stockSnapshots(ActorSystem system) {
    return Persistence.get(system)
        .snapshotStoreFor("akka.persistence.r2dbc.snapshot", ConfigFactory.empty());
  }

  private static void shorter(String name, Duration value, Duration than) {
    if (value.isNegative() || value.compareTo(than) >= 0) {
      throw new IllegalArgumentException(
          "%s.%s is %s; expected from 0 to below circuit-breaker.call-timeout, %s"
              .formatted(PLUGIN, name, value, than));
    }
  }

  private static void atLeast(String name, int value, int min) {
    if (value < min) {
      throw new IllegalArgumentException(
          "%s.%s is %d; expected at least %d".formatted(PLUGIN, name, value, min));
    }
  }
}
