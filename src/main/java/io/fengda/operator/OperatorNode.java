package io.fengda.operator;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion;
import akka.pattern.Patterns;
import io.fengda.telemetry.MetricsExtension;
import io.fengda.telemetry.Readiness;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks for its node, to the node that serves an operator's page: tells about it, and drains it.
 * Costs nothing while nobody asks.
 */
final class OperatorNode extends AbstractBehavior<OperatorNode.Command> {
  /** By which the nodes know each other's. */
  static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "operator-nodes");

  private static final Logger log = LoggerFactory.getLogger(OperatorNode.class);

  /** The name of the conversations' sharding. */
  private static final String CONVERSATIONS = "Conversation";

  private final OperatorSettings settings;

  sealed interface Command {}

  /** Asks for everything that the page shows of this node. */
  record Describe(ActorRef<NodeReport> replyTo) implements Command, OperatorMessage {}

  /**
   * Begins the node's shutdown, at the end of which its process ends. Once more changes nothing.
   *
   * @param by the node whose page it was asked on
   */
  record Drain(String by, ActorRef<Draining> replyTo) implements Command, OperatorMessage {}

  /** The shutdown has begun. */
  record Draining(String page) implements OperatorMessage {}

  /** The node's shards are counted; by shard, how many conversations are in memory. */
  private record Counted(Map<String, Integer> shards, ActorRef<NodeReport> replyTo)
      implements Command {}

  private enum Reason implements CoordinatedShutdown.Reason {
    DRAINED_BY_OPERATOR
  }

  private OperatorNode(ActorContext<Command> context, OperatorSettings settings) {
    super(context);
    this.settings = settings;
  }

  static Behavior<Command> create(OperatorSettings settings) {
    return Behaviors.setup(
        context -> {
          ActorRef<Command> self = context.getSelf();
          context.getSystem().receptionist().tell(Receptionist.register(KEY, self));
          return new OperatorNode(context, settings);
        });
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Describe.class, this::onDescribe)
        .onMessage(Counted.class, this::onCounted)
        .onMessage(Drain.class, this::onDrain)
        .build();
  }

  private Behavior<Command> onDescribe(Describe describe) {
    getContext().pipeToSelf(shards(), (shards, failure) -> counted(shards, describe.replyTo()));
    return this;
  }

  /** A region that does not answer counts as one without shards. */
  private static Command counted(
      @Nullable Map<String, Integer> shards, ActorRef<NodeReport> replyTo) {
    return new Counted(shards == null ? Map.of() : shards, replyTo);
  }

  private CompletionStage<Map<String, Integer>> shards() {
    ClusterSharding sharding = ClusterSharding.get(Adapter.toClassic(getContext().getSystem()));
    if (!sharding.getShardTypeNames().contains(CONVERSATIONS)) {
      return CompletableFuture.completedStage(Map.of());
    }
    return Patterns.ask(
            sharding.shardRegion(CONVERSATIONS),
            ShardRegion.getRegionStatsInstance(),
            settings.timeout().dividedBy(2))
        .thenApply(stats -> shardsOf((ShardRegion.ShardRegionStats) stats));
  }

  @SuppressWarnings("unchecked") // Scala's Int is told to Java as an object.
  private static Map<String, Integer> shardsOf(ShardRegion.ShardRegionStats stats) {
    return (Map<String, Integer>) (Map<String, ?>) stats.getStats();
  }

  private Behavior<Command> onCounted(Counted counted) {
    ActorSystem<?> system = getContext().getSystem();
    counted
        .replyTo()
        .tell(
            new NodeReport(
                settings.page(),
                system.startTime(),
                Readiness.of(system).phase(),
                counted.shards().size(),
                counted.shards().values().stream().mapToInt(Integer::intValue).sum(),
                FigureReader.read(MetricsExtension.metrics(system).registry())));
    return this;
  }

  private Behavior<Command> onDrain(Drain drain) {
    log.info("this node is drained, as an operator asked on the page of {}", drain.by());
    drain.replyTo().tell(new Draining(settings.page()));
    var unused =
        CoordinatedShutdown.get(Adapter.toClassic(getContext().getSystem()))
            .runAll(Reason.DRAINED_BY_OPERATOR);
    return this;
  }
}
