package io.fengda.conversation;

import com.typesafe.config.Config;
import io.fengda.conversation.model.ModelLimits;
import java.time.Duration;

/**
 * Reads {@code fengda.conversation}.
 *
 * @param deadlineGrace how long the entity waits beyond an attempt's deadline
 * @param abandonAfter the age from which a turn taken up again gets the fallback
 * @param openTurnsMin open turns on one node that are let in however long turns wait in queues
 * @param openTurnsMax open turns on one node, however short they wait
 * @param queueingTarget where more than three of four turns wait longer in queues, fewer are let in
 * @param snapshotEvery events between two snapshots
 * @param leaseRenewal how often a watcher renews its lease; it holds for three times as long
 * @param liveBufferMax updates that may wait for a slow reader of a live conversation
 * @param sendsMax messages of one live connection that may wait for their receipt
 * @param askTimeout how long one try to reach an entity may take
 * @param sendTimeout how long a message is tried before its sender is told to try again
 * @param turnTimeout how long a caller who waits for the end of a turn waits
 * @param nodeSettlesIn for how long no conversations are moved to a node that joins others
 * @param shardSearch how often a node makes sure that it knows where conversations are
 * @param explainedMax turns of which a node can say how they went
 */
public record ConversationSettings(
    ModelLimits limits,
    Duration deadlineGrace,
    Duration abandonAfter,
    int openTurnsMin,
    int openTurnsMax,
    Duration queueingTarget,
    int snapshotEvery,
    Duration leaseRenewal,
    int liveBufferMax,
    int sendsMax,
    Duration askTimeout,
    Duration sendTimeout,
    Duration turnTimeout,
    Duration nodeSettlesIn,
    Duration shardSearch,
    int explainedMax) {
  private static final int RECENT_IDS_MIN = 1_000;

  public ConversationSettings {
    require(limits.recentIdsMax() >= RECENT_IDS_MIN, "recent-ids-max below " + RECENT_IDS_MIN);
    require(openTurnsMin >= 1, "open-turns-min below 1");
    require(openTurnsMax >= openTurnsMin, "open-turns-max below open-turns-min");
    require(queueingTarget.toMillis() >= 1, "queueing-target below 1 ms");
    require(snapshotEvery >= 1, "snapshot-every below 1");
    require(
        liveBufferMax > limits.transcriptMessagesMax(), "live-buffer-max not above the transcript");
    require(sendsMax >= 1, "sends-max below 1");
    require(explainedMax >= 1, "explained-max below 1");
    require(sendTimeout.compareTo(askTimeout) >= 0, "send-timeout shorter than ask-timeout");
    require(shardSearch.isPositive(), "shard-search not above 0");
    require(turnTimeout.compareTo(sendTimeout) >= 0, "turn-timeout shorter than send-timeout");
  }

  public static ConversationSettings from(Config root) {
    Config config = root.getConfig("fengda.conversation");
    require(config.getInt("context-turns-max") >= 1, "context-turns-max below 1");
    require(config.getBytes("context-bytes-max") >= 1, "context-bytes-max below 1");
    require(config.getInt("waiting-max") >= 0, "waiting-max below 0");
    require(config.getInt("turn-messages-max") >= 1, "turn-messages-max below 1");
    return new ConversationSettings(
        new ModelLimits(
            2 * config.getInt("context-turns-max"),
            config.getBytes("context-bytes-max"),
            config.getInt("recent-ids-max"),
            config.getInt("waiting-max"),
            config.getInt("turn-messages-max")),
        config.getDuration("deadline-grace"),
        config.getDuration("abandon-after"),
        config.getInt("open-turns-min"),
        config.getInt("open-turns-max"),
        config.getDuration("queueing-target"),
        config.getInt("snapshot-every"),
        config.getDuration("lease-renewal"),
        config.getInt("live-buffer-max"),
        config.getInt("sends-max"),
        config.getDuration("ask-timeout"),
        config.getDuration("send-timeout"),
        config.getDuration("turn-timeout"),
        config.getDuration("node-settles-in"),
        config.getDuration("shard-search"),
        config.getInt("explained-max"));
  }

  Duration lease() {
    return leaseRenewal.multipliedBy(3);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("fengda.conversation: " + what);
    }
  }
}
