package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.ActorRef;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ShardCoordinator.ShardAllocationStrategy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Map;
import scala.collection.immutable.Set;
import scala.collection.immutable.Vector;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/** Which nodes the coordinator may move shards to. */
class SettledAllocationTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration SETTLES_IN = Duration.ofSeconds(15);

  private final SteppableClock clock = new SteppableClock(Instant.EPOCH);
  private final Seen seen = new Seen();
  private final SettledAllocation allocation = new SettledAllocation(seen, SETTLES_IN, clock);
  private final java.util.Set<ActorRef> withShards = new HashSet<>();
  private final ActorRef first = region();
  private final ActorRef second = region();
  private final ActorRef third = region();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void nodesThatBeginTogetherShareAtOnce() {
    assertEquals(java.util.Set.of(first, second), seenOf(first, second));
  }

  @Test
  void aNodeThatJoinsOthersGetsNothingAtFirst() {
    var unused = seenOf(first, second);
    clock.step(SETTLES_IN);

    assertEquals(java.util.Set.of(first, second), seenOf(first, second, third));
    clock.step(SETTLES_IN);
    assertEquals(java.util.Set.of(first, second, third), seenOf(first, second, third));
  }

  @Test
  void aNodeThatCameBackIsNewAgain() {
    var unused = seenOf(first, second);
    clock.step(SETTLES_IN);
    unused = seenOf(first);
    clock.step(SETTLES_IN);

    assertEquals(java.util.Set.of(first), seenOf(first, second));
  }

  @Test
  void whereOnlyNewNodesAreLeftTheOldestOfThemGetsAll() {
    var unused = seenOf(first);
    clock.step(SETTLES_IN);
    unused = seenOf(first, second);
    clock.step(Duration.ofSeconds(1));

    assertEquals(java.util.Set.of(second), seenOf(second, third));
  }

  @Test
  void aNodeThatGaveUpAllItHadShutsDownAndGetsNothing() {
    withShards.addAll(java.util.Set.of(first, second));
    assertEquals(java.util.Set.of(first, second), seenOf(first, second));
    withShards.remove(first);

    assertEquals(java.util.Set.of(second), seenOf(first, second));
  }

  /** The nodes that shards are spread over where there are these. */
  private java.util.Set<ActorRef> seenOf(ActorRef... regions) {
    Map<ActorRef, IndexedSeq<String>> current =
        Map.from(
            CollectionConverters.asScala(
                Arrays.stream(regions)
                    .collect(
                        Collectors.<ActorRef, ActorRef, IndexedSeq<String>>toMap(
                            region -> region, this::shardsOf))));
    Future<?> unused = allocation.rebalance(current, Set.from(none()));
    java.util.Set<ActorRef> whenRebalanced = seen.last;
    unused = allocation.allocateShard(first, "7", current);
    assertEquals(java.util.Set.of(regions), seen.last);
    return whenRebalanced;
  }

  private IndexedSeq<String> shardsOf(ActorRef region) {
    return Vector.from(
        CollectionConverters.asScala(withShards.contains(region) ? List.of("1") : List.of()));
  }

  private static scala.collection.Iterable<String> none() {
    return CollectionConverters.asScala(new HashSet<String>());
  }

  private static ActorRef region() {
    return Adapter.toClassic(KIT.createTestProbe().ref());
  }

  /** Keeps what it was asked to spread over. */
  private static final class Seen implements ShardAllocationStrategy {
    private java.util.Set<ActorRef> last = java.util.Set.of();

    @Override
    public Future<ActorRef> allocateShard(
        ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> current) {
      last = new HashSet<>(CollectionConverters.asJava(current).keySet());
      return Future.successful(requester);
    }

    @Override
    public Future<Set<String>> rebalance(
        Map<ActorRef, IndexedSeq<String>> current, Set<String> inProgress) {
      last = new HashSet<>(CollectionConverters.asJava(current).keySet());
      return Future.successful(inProgress);
    }
  }
}
