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
 * journal: a refusal has to cost little when there are many. Whatever else comes is for the entity,
 * also a message that was sent before: it may be in the journal.
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
    if (command instanceof Command.Receive receive && !receive.again()) {
      Optional<Refusal> refusal = shared.openTurns().refusal(shared.tenant(id.tenant()));
      if (refusal.isPresent()) {
        refuse(receive, refusal.get());
        shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
        return closed(refusal.get());
      }
    }
    return entered(command);
  }

  /**
   * What comes until the actor stops is refused as well: nothing is begun that would be cut off.
   */
  private Behavior<Command> closed(Refusal refusal) {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof Command.Receive receive && !receive.again()) {
            refuse(receive, refusal);
            return Behaviors.same();
          }
          return entered(command);
        });
  }

  private Behavior<Command> entered(Command command) {
    return Behaviors.withStash(
        1,
        stash -> {
          stash.stash(command);
          return stash.unstashAll(ConversationEntity.create(id.entityId(), shared));
        });
  }

  private void refuse(Command.Receive receive, Refusal refusal) {
    shared.metrics().refused(id.tenant().value(), refusal.name());
    receive.replyTo().tell(new Receipt.Rejected(receive.input().messageId(), refusal));
  }
}
