package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.model.ConversationId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes of a real cluster, one of which shuts down. */
class WakersTest {
  private static final ConversationId OPEN = TestSystem.newConversation(TestNode.BANK);

  private final ActorTestKit staying = ActorTestKit.create("wakers", config());
  private final ActorTestKit leaving = ActorTestKit.create("wakers", config());
  private final TestProbe<String> woken = staying.createTestProbe(String.class);

  @AfterEach
  void stop() {
    leaving.shutdownTestKit();
    staying.shutdownTestKit();
  }

  @Test
  void aNodeThatShutsDownHasAnotherWakeWhatItLeavesOpen() {
    var unused = start(staying.system());
    ClusterSharding.get(staying.system())
        .entityRefFor(ConversationEntity.TYPE, OPEN.entityId())
        .tell(new Command.Wake(0));
    assertEquals(OPEN.entityId(), woken.receiveMessage(Duration.ofSeconds(20)));
    Consumer<ConversationId> leaves = start(leaving.system());
    awaitBothKnown();
    leaves.accept(OPEN);
    woken.expectNoMessage(Duration.ofMillis(300));

    CoordinatedShutdown.get(leaving.system())
        .addTask(
            CoordinatedShutdown.PhaseServiceStop(),
            "leave a turn open",
            () -> {
              leaves.accept(OPEN);
              return CompletableFuture.completedStage(Done.getInstance());
            });
    var shutsDown =
        CoordinatedShutdown.get(leaving.system()).runAll(CoordinatedShutdown.unknownReason());

    assertEquals(OPEN.entityId(), woken.receiveMessage(Duration.ofSeconds(20)));
    assertEquals(Done.getInstance(), shutsDown.toCompletableFuture().join());
  }

  private void awaitBothKnown() {
    TestProbe<Receptionist.Listing> known = leaving.createTestProbe(Receptionist.Listing.class);
    leaving.system().receptionist().tell(Receptionist.subscribe(Wakers.KEY, known.ref()));
    var unused =
        known.fishForMessage(
            Duration.ofSeconds(20),
            listing ->
                listing.getServiceInstances(Wakers.KEY).size() == 2
                    ? FishingOutcomes.complete()
                    : FishingOutcomes.continueAndIgnore());
  }

  /** Joins; entities tell who is woken. */
  private Consumer<ConversationId> start(ActorSystem<?> system) {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(Cluster.get(staying.system()).selfMember().address()));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                    .anyMatch(
                        member ->
                            member.equals(cluster.selfMember())
                                && member.status().equals(MemberStatus.up())));
    var unused =
        ClusterSharding.get(system)
            .init(
                Entity.of(
                    ConversationEntity.TYPE,
                    entity ->
                        Behaviors.receiveMessage(
                            command -> {
                              woken.ref().tell(entity.getEntityId());
                              return Behaviors.same();
                            })));
    return Wakers.start(system);
  }

  private static Config config() {
    return ConfigFactory.parseString(
            """
            akka.remote.artery.canonical.port = 0
            akka.cluster.jmx.multi-mbeans-in-same-jvm = on
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            """)
        .withFallback(ConfigFactory.parseResources("cluster.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }
}
