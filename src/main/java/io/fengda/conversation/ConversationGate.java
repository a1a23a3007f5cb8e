package io.fengda.conversation;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Refusal;
import java.util.Optional;

/**
 * Turns away a message that the node has no room for before its conversation is read from the
 * journal: a refusal has to cost little when there are many. Whatever else comes is for the entity.
 */
final class ConversationGate {
  private final ConversationId id;
  private final EntityContext shared;
  private final ActorContext<Command> context;
  private final ActorRef<ClusterSharding.ShardCommand> shard;

  private ConversationGate(
      ConversationId id,
      EntityContext shared,
      ActorContext<Command> context,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    this.id = id;
    this.shared = shared;
    this.context = context;
    this.shard = shard;
  }

  static Behavior<Command> create(
      String entityId, EntityContext shared, ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.setup(
        context -> {
          ConversationGate gate =
              new ConversationGate(ConversationId.parse(entityId), shared, context, shard);
          return Behaviors.receiveMessage(gate::onFirst);
        });
  }

  private Behavior<Command> onFirst(Command command) {
    if (command instanceof Command.Receive receive) {
      Optional<Refusal> refusal = shared.openTurns().refusal(shared.tenant(id.tenant()));
      if (refusal.isPresent()) {
        return refuse(receive, refusal.get());
      }
    }
    return Behaviors.withStash(
        1,
        stash -> {
          stash.stash(command);
          return stash.unstashAll(ConversationEntity.create(id.entityId(), shared));
        });
  }

  private Behavior<Command> refuse(Command.Receive receive, Refusal refusal) {
    shared.metrics().refused(id.tenant().value(), refusal.name());
    receive.replyTo().tell(new Receipt.Rejected(receive.input().messageId(), refusal));
    shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    return Behaviors.same();
  }
}
