package io.fengda.conversation;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import io.fengda.conversation.model.ConversationId;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The shards that are known to be on this node: a conversation of theirs lives here. Thread-safe.
 */
final class LocalShards {
  private final AtomicIntegerArray conversations;

  LocalShards(int shards) {
    this.conversations = new AtomicIntegerArray(shards);
  }

  static LocalShards of(ActorSystem<?> system) {
    return new LocalShards(ClusterShardingSettings.create(system).numberOfShards());
  }

  void started(ConversationId id) {
    conversations.incrementAndGet(shardOf(id));
  }

  void stopped(ConversationId id) {
    conversations.decrementAndGet(shardOf(id));
  }

  /** Whether the conversation's place is here, whether or not it is in memory. */
  boolean contain(ConversationId id) {
    return conversations.get(shardOf(id)) > 0;
  }

  /** How many conversations are in memory here. */
  int conversations() {
    int all = 0;
    for (int shard = 0; shard < conversations.length(); shard++) {
      all += conversations.get(shard);
    }
    return all;
  }

  /** As {@code HashCodeNoEnvelopeMessageExtractor} numbers them. */
  private int shardOf(ConversationId id) {
    return Math.abs(id.entityId().hashCode() % conversations.length());
  }
}
