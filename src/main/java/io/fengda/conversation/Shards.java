package io.fengda.conversation;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.ShardCoordinator.ShardAllocationStrategy$;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.HashCodeNoEnvelopeMessageExtractor;
import io.fengda.conversation.model.ConversationId;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where conversations live in the cluster: how shards are placed, and how a node knows it. */
final class Shards {
  private Shards() {}

  /** Spreads shards evenly, by {@code akka.cluster.sharding}, over nodes that are not new. */
  static SettledAllocation allocation(ActorSystem<?> system, Duration settlesIn, Clock clock) {
    var tuning = ClusterShardingSettings.create(system).tuningParameters();
    return new SettledAllocation(
        ShardAllocationStrategy$.MODULE$.leastShardAllocationStrategy(
            tuning.leastShardAllocationAbsoluteLimit(), tuning.leastShardAllocationRelativeLimit()),
        settlesIn,
        clock);
  }

  /**
   * Asks where every shard is, again and again. A node that asks only when a message comes waits
   * for the coordinator, which may just have died.
   *
   * @param ask sends something harmless to a conversation
   */
  static void keepFinding(ActorSystem<?> system, Duration every, Consumer<ConversationId> ask) {
    List<ConversationId> shards =
        oneOfEach(ClusterShardingSettings.create(system).numberOfShards());
    var unused =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                Duration.ZERO, every, () -> shards.forEach(ask), system.executionContext());
  }

  private static List<ConversationId> oneOfEach(int shards) {
    HashCodeNoEnvelopeMessageExtractor<Command> names = names(shards);
    Map<String, ConversationId> found = new HashMap<>();
    for (int i = 0; found.size() < shards; i++) {
      ConversationId id = ConversationId.of(Tenants.RESERVED.value(), "shard", Integer.toString(i));
      found.putIfAbsent(names.shardId(id.entityId()), id);
    }
    return List.copyOf(found.values());
  }

  private static HashCodeNoEnvelopeMessageExtractor<Command> names(int shards) {
    return new HashCodeNoEnvelopeMessageExtractor<>(shards) {
      @Override
      public String entityId(Command command) {
        throw new UnsupportedOperationException("no envelope");
      }
    };
  }
}
