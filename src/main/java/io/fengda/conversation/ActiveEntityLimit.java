package io.fengda.conversation;

import akka.actor.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.OptionConverters;

/**
 * How many conversations may be in this node's memory: as many as configured, and fewer where they
 * do not fit, as one takes 6 KiB or 35. A heap that is full of what lives is collected without end,
 * and the node does nothing else. So, when a collection of the old generation leaves it nearly
 * full, a fifth of the conversations leave, those first that were not used for longest; and the
 * limit rises again where there is room.
 */
final class ActiveEntityLimit {
  /** Of the old generation, alive after a collection of it. */
  private static final double FULL = 0.9;

  /** Of the old generation, with what is garbage. */
  private static final double ROOMY = 0.7;

  private static final double LESS = 0.8;
  private static final double MORE = 1.1;
  private static final int MIN = 1_000;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final List<String> YOUNG = List.of("eden", "survivor", "young");
  private static final Logger LOG = LoggerFactory.getLogger(ActiveEntityLimit.class);

  private final int configured;
  private final IntSupplier conversations;
  private final IntConsumer limits;
  private final List<MemoryPoolMXBean> old = oldGeneration();
  private long aliveBefore;
  private volatile int limit;

  /**
   * Makes one.
   *
   * @param conversations how many are in memory
   * @param limits told of every new limit
   */
  ActiveEntityLimit(int configured, IntSupplier conversations, IntConsumer limits) {
    this.configured = configured;
    this.conversations = conversations;
    this.limits = limits;
    this.limit = configured;
  }

  /** Sees to it on this node, every second; empty where another strategy has no limit. */
  static Optional<ActiveEntityLimit> watch(ActorSystem<?> system, LocalShards shards) {
    return OptionConverters.toJava(
            ClusterShardingSettings.create(system)
                .passivationStrategySettings()
                .activeEntityLimit())
        .map(Integer.class::cast)
        .map(
            configured -> {
              ActiveEntityLimit watched =
                  new ActiveEntityLimit(
                      configured, shards::conversations, limit -> set(system, limit));
              var unused =
                  system
                      .scheduler()
                      .scheduleWithFixedDelay(
                          INTERVAL, INTERVAL, watched::look, system.executionContext());
              return watched;
            });
  }

  /** What is beyond it leaves at once; the shards of the node have equal parts of it. */
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
    long alive = sum(MemoryPoolMXBean::getCollectionUsage);
    boolean collected = alive != aliveBefore;
    aliveBefore = alive;
    if (collected && alive > FULL * max()) {
      int there = conversations.getAsInt();
      int fewer = Math.min(limit, Math.max(MIN, (int) (LESS * there)));
      if (fewer < limit) {
        LOG.warn(
            "the heap is full: of {} conversations {} stay in memory; it needs more heap, or a"
                + " lower FENGDA_ENTITIES_MAX",
            there,
            fewer);
      }
      change(fewer);
    } else if (limit < configured && sum(MemoryPoolMXBean::getUsage) < ROOMY * max()) {
      change((int) Math.min(configured, Math.ceil(MORE * limit)));
    }
  }

  private void change(int next) {
    if (next != limit) {
      limit = next;
      limits.accept(next);
    }
  }

  private long sum(Function<MemoryPoolMXBean, MemoryUsage> usage) {
    return old.stream().map(usage).mapToLong(MemoryUsage::getUsed).sum();
  }

  private long max() {
    long max = old.stream().mapToLong(pool -> pool.getUsage().getMax()).sum();
    return max > 0 ? max : Runtime.getRuntime().maxMemory();
  }

  /** Where objects live that have outlived some collections, whatever the collector. */
  private static List<MemoryPoolMXBean> oldGeneration() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
        .filter(pool -> YOUNG.stream().noneMatch(pool.getName().toLowerCase(Locale.ROOT)::contains))
        .toList();
  }
}
