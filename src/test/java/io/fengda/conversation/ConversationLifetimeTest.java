package io.fengda.conversation;

import static io.fengda.conversation.TestNode.MERGING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.sharding.ShardRegion.CurrentShardRegionState;
import akka.cluster.sharding.typed.GetShardRegionState;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Said;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Conversations that leave a node's memory, by {@code conf/sharding.conf} with smaller numbers, and
 * come back as they were.
 */
@SuppressWarnings("NullAway.Init") // Every test begins its node first.
class ConversationLifetimeTest {
  private static final int ENTITIES_MAX = 10;
  private static final int SHARDS = 60;

  private final TestNode node = TestNode.create();
  private ActorTestKit kit;
  private ClusterSharding sharding;
  private TestProbe<Object> probe;

  private void start(String idle) {
    start(idle, ENTITIES_MAX);
  }

  /** Begins a node whose conversations leave after being idle for so long, or beyond a number. */
  private void start(String idle, int entitiesMax) {
    kit = ActorTestKit.create("LifetimeTest", config(idle, entitiesMax));
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    sharding = ClusterSharding.get(kit.system());
    var unused =
        sharding.init(
            Entity.of(
                ConversationEntity.TYPE,
                context -> ConversationEntity.create(context.getEntityId(), node.shared())));
    probe = kit.createTestProbe(Object.class);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void afterIdlenessTheTalkGoesOnWithItsContext() throws Exception {
    start("1s");
    ConversationId id = TestSystem.newConversation(MERGING);
    say(id, "m-1", "怎么退款？");
    answer(id, node.queries().next(), "七天内。");

    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> live().isEmpty());
    Receipt.Accepted again = say(id, "m-1", "怎么退款？");
    Receipt.Accepted next = say(id, "m-2", "那换货呢？");

    assertEquals(1, again.seq());
    assertEquals(3, next.seq());
    assertEquals(
        List.of(Said.of(Said.Speaker.CUSTOMER, "怎么退款？"), Said.of(Said.Speaker.BOT, "七天内。")),
        node.queries().next().context());
  }

  @Test
  void beyondTheBoundTheLeastRecentlyUsedLeavesEvenWithAnOpenTurnAndComesBackToIt()
      throws Exception {
    start("30 minutes");
    ConversationId first = TestSystem.newConversation(MERGING);
    say(first, "m-1", "怎么退款？");
    Query lost = node.queries().next();
    for (int i = 0; i < ENTITIES_MAX; i++) {
      ConversationId other = TestSystem.newConversation(MERGING);
      say(other, "m-1", "hello");
      answer(other, node.queries().next(), "hello");
    }
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> !live().contains(first.entityId()));
    node.awaitOpenTurns(0);

    entity(first, new Command.Wake(1));
    Query again = nextQueryOf(first);

    assertEquals(lost.questions(), again.questions());
    answer(first, lost, "七天内。");
    assertEquals(2, page(first).messages().size());
    assertTrue(live().size() <= ENTITIES_MAX, () -> "live: " + live());
  }

  @Test
  void whereTheLimitFallsTheyLeaveAtOnceAndWhereItRisesTheyStay() throws Exception {
    start("30 minutes", 1_000);
    ConversationId first = talked();
    for (int i = 1; i < 200; i++) {
      talked();
    }
    assertEquals(200, live().size());

    ActiveEntityLimit.set(kit.system(), SHARDS);
    assertEquals(2, page(first).messages().size());
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> live().size() <= SHARDS);

    ActiveEntityLimit.set(kit.system(), 10_000);
    for (int i = 0; i < 200; i++) {
      talked();
    }
    assertTrue(live().size() >= 200, () -> "live: " + live().size());
  }

  private ConversationId talked() throws InterruptedException {
    ConversationId id = TestSystem.newConversation(MERGING);
    say(id, "m-1", "怎么退款？");
    answer(id, node.queries().next(), "七天内。");
    return id;
  }

  /** Others may have left in the middle of a turn, too. */
  private Query nextQueryOf(ConversationId id) throws InterruptedException {
    Query query = node.queries().next();
    while (!query.conversation().equals(id)) {
      query = node.queries().next();
    }
    return query;
  }

  private Receipt.Accepted say(ConversationId id, String messageId, String text) {
    entity(id, new Command.Receive(TestConversation.input(messageId, text), false, probe.ref()));
    return probe.expectMessageClass(Receipt.Accepted.class);
  }

  private void answer(ConversationId id, Query query, String text) {
    entity(
        id,
        new Command.DeliverResult(
            new Input.Result(
                query.attempt(), query.covers(), ReplyKind.ANSWER, text, "vendor", 1, List.of()),
            null,
            null,
            probe.ref().narrow()));
    var unused = probe.receiveMessage();
  }

  private Command.Page page(ConversationId id) {
    entity(id, new Command.Read(0, 10, probe.ref().narrow()));
    return probe.expectMessageClass(Command.Page.class);
  }

  private void entity(ConversationId id, Command command) {
    sharding.entityRefFor(ConversationEntity.TYPE, id.entityId()).tell(command);
  }

  /** The entities in memory. */
  private Set<String> live() {
    TestProbe<CurrentShardRegionState> state = kit.createTestProbe(CurrentShardRegionState.class);
    sharding.shardState().tell(new GetShardRegionState(ConversationEntity.TYPE, state.ref()));
    return state.receiveMessage().getShards().stream()
        .flatMap(shard -> shard.getEntityIds().stream())
        .collect(Collectors.toSet());
  }

  private static Config config(String idle, int entitiesMax) {
    return ConfigFactory.parseString(
            """
            akka.actor.testkit.typed.single-expect-default = 10s
            akka.remote.artery.canonical.port = 0
            akka.cluster.jmx.multi-mbeans-in-same-jvm = on
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.cluster.sharding.passivation.conversations {
              idle-entity.timeout = %s
              active-entity-limit = %d
            }
            """
                .formatted(idle, entitiesMax))
        .withFallback(PersistenceTestKitPlugin.getInstance().config())
        .withFallback(PersistenceTestKitSnapshotPlugin.config())
        .withFallback(ConfigFactory.parseResources("cluster.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }
}
