package io.fengda.conversation;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.cluster.sharding.ShardCoordinator.ActorSystemDependentAllocationStrategy;
import akka.cluster.sharding.ShardCoordinator.ShardAllocationStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Map;
import scala.collection.immutable.Set;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Moves no shards to a node while it is new and there are others: its code is still cold, and every
 * conversation that moved there would wait for that; and none to a node that gave up all it had,
 * because it shuts down. A shard that has no place goes wherever there is room. Used by the
 * coordinator alone.
 */
final class SettledAllocation implements ActorSystemDependentAllocationStrategy {
  private final ShardAllocationStrategy allocation;
  private final Duration settlesIn;
  private final Clock clock;
  private final java.util.Map<ActorRef, Instant> firstSeen = new HashMap<>();
  private final java.util.Set<ActorRef> hadShards = new HashSet<>();

  /**
   * Makes the strategy.
   *
   * @param allocation how shards are spread over the nodes that are not new
   */
  SettledAllocation(ShardAllocationStrategy allocation, Duration settlesIn, Clock clock) {
    this.allocation = allocation;
    this.settlesIn = settlesIn;
    this.clock = clock;
  }

  @Override
  public void start(ActorSystem system) {
    if (allocation instanceof ActorSystemDependentAllocationStrategy dependent) {
      dependent.start(system);
    }
  }

  @Override
  public Future<ActorRef> allocateShard(
      ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> current) {
    return allocation.allocateShard(requester, shard, current);
  }

  @Override
  public Future<Set<String>> rebalance(
      Map<ActorRef, IndexedSeq<String>> current, Set<String> inProgress) {
    return allocation.rebalance(settled(current), inProgress);
  }

  /** The nodes that are neither new, unless all are, nor emptied. */
  private Map<ActorRef, IndexedSeq<String>> settled(Map<ActorRef, IndexedSeq<String>> current) {
    java.util.Map<ActorRef, IndexedSeq<String>> all =
        new HashMap<>(CollectionConverters.asJava(current));
    Instant now = clock.instant();
    firstSeen.keySet().retainAll(all.keySet());
    all.keySet().forEach(region -> firstSeen.putIfAbsent(region, now));
    Instant oldest = firstSeen.values().stream().min(Instant::compareTo).orElse(now);
    all.keySet().removeIf(region -> isNew(region, now) && !isAsOldAs(region, oldest));
    hadShards.retainAll(all.keySet());
    all.forEach(
        (region, shards) -> {
          if (shards.nonEmpty()) {
            hadShards.add(region);
          }
        });
    all.entrySet().removeIf(one -> one.getValue().isEmpty() && hadShards.contains(one.getKey()));
    return Map.from(CollectionConverters.asScala(all));
  }

  private boolean isNew(ActorRef region, Instant now) {
    return now.isBefore(firstSeen.getOrDefault(region, now).plus(settlesIn));
  }

  private boolean isAsOldAs(ActorRef region, Instant oldest) {
    return !firstSeen.getOrDefault(region, oldest).isAfter(oldest);
  }
}
