package io.fengda.conversation;

import akka.actor.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.OptionConverters;

/**
 * How many conversations may be in this node's memory: as many as configured, and fewer where they
 * do not fit, as one takes 6 KiB or 35. A heap that is full of what lives is collected without end,
 * and the node does nothing else. So, when a full collection leaves it nearly full, a fifth of the
 * conversations leave, those first that were not used for longest; and the limit rises again where
 * there is room.
 */
final class ActiveEntityLimit {
  /** Of the old generation, alive after a full collection. */
  private static final double FULL = 0.9;

  /** Of the old generation, with what is garbage. */
  private static final double ROOMY = 0.7;

  private static final double LESS = 0.8;
  private static final double MORE = 1.1;

  /** Of the open turns that a node may have: theirs stay, and some that are read or watched. */
  private static final int FLOOR_OPEN_TURNS = 2;

  /** The shards have equal parts of the limit, but not of the conversations. */
  private static final int FLOOR_PER_SHARD = 10;

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(ActiveEntityLimit.class);

  private final int configured;
  private final int floor;
  private final Supplier<OldGeneration> heap;
  private final IntSupplier conversations;
  private final IntConsumer limits;
  private long collectionsBefore;
  private volatile int limit;

  /**
   * Makes one.
   *
   * @param floor below which the limit does not fall
   * @param conversations how many are in memory
   * @param limits told of the limit: again and again while it is lower than configured, as shards
   *     that come to the node know only what is configured
   */
  ActiveEntityLimit(
      int configured,
      int floor,
      Supplier<OldGeneration> heap,
      IntSupplier conversations,
      IntConsumer limits) {
    this.configured = configured;
    this.floor = floor;
    this.heap = heap;
    this.conversations = conversations;
    this.limits = limits;
    this.limit = configured;
  }

  /** Sees to it on this node, every second; empty where another strategy has no limit. */
  static Optional<ActiveEntityLimit> watch(
      ActorSystem<?> system, ConversationSettings settings, LocalShards shards) {
    ClusterShardingSettings sharding = ClusterShardingSettings.create(system);
    int floor =
        Math.max(
            FLOOR_OPEN_TURNS * settings.openTurnsMax(),
            FLOOR_PER_SHARD * sharding.numberOfShards());
    return OptionConverters.toJava(sharding.passivationStrategySettings().activeEntityLimit())
        .map(Integer.class::cast)
        .map(
            configured -> {
              ActiveEntityLimit watched =
                  new ActiveEntityLimit(
                      configured,
                      floor,
                      OldGeneration::now,
                      shards::conversations,
                      limit -> set(system, limit));
              var unused =
                  system
                      .scheduler()
                      .scheduleWithFixedDelay(
                          INTERVAL, INTERVAL, watched::look, system.executionContext());
              return watched;
            });
  }

  /** Conversations beyond it leave at once; the shards of the node have equal parts of it. */
  static void set(ActorSystem<?> system, int limit) {
    ClusterSharding.get(Adapter.toClassic(system))
        .shardRegion(ConversationEntity.TYPE.name())
        .tell(new ShardRegion.SetActiveEntityLimit(limit), ActorRef.noSender());
  }

  int limit() {
    return limit;
  }

  /** Called by one thread at a time. */
  void look() {
    OldGeneration now = heap.get();
    int before = limit;
    if (now.collections() != collectionsBefore && now.alive() > FULL) {
      lower();
    } else if (limit < configured && now.used() < ROOMY) {
      limit = (int) Math.min(configured, Math.ceil(MORE * limit));
    }
    collectionsBefore = now.collections();
    if (before < configured || limit < configured) {
      limits.accept(limit);
    }
  }

  private void lower() {
    int there = conversations.getAsInt();
    int fewer = Math.min(limit, Math.max(floor, (int) (LESS * there)));
    if (fewer < limit) {
      LOG.warn(
          "the heap is full: of {} conversations {} stay in memory; it needs more heap, or a lower"
              + " FENGDA_ENTITIES_MAX",
          there,
          fewer);
      limit = fewer;
    }
  }
}
