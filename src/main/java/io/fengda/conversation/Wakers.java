package io.fengda.conversation;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.fengda.conversation.model.ConversationId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Has turns that are open when a node shuts down go on at once: another node wakes them, wherever
 * their conversations are to live. The node's own region can not: it would wait for itself. What is
 * lost on the way is found by the redriver.
 */
final class Wakers {
  /** By which the nodes know each other's. */
  static final ServiceKey<Waking> KEY = ServiceKey.create(Waking.class, "wakers");

  private Wakers() {}

  /** Asks another node to wake a conversation. */
  record Waking(String entityId) implements CborSerializable {}

  private sealed interface Sending {
    record Known(List<ActorRef<Waking>> wakers) implements Sending {}

    record Left(ConversationId id) implements Sending {}
  }

  /** Wakes for others, until this node shuts down; from then on the result has others wake. */
  static Consumer<ConversationId> start(ActorSystem<?> system) {
    ActorRef<Waking> waker =
        system.systemActorOf(waker(ClusterSharding.get(system)), "waker", Props.empty());
    system.receptionist().tell(Receptionist.register(KEY, waker));
    ActorRef<Sending> sender = system.systemActorOf(sender(), "wakers", Props.empty());
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
        "wake no more",
        () -> {
          system.receptionist().tell(Receptionist.deregister(KEY, waker));
          return CompletableFuture.completedStage(Done.getInstance());
        });
    return id -> {
      if (shutdown.getShutdownReason().isPresent()) {
        sender.tell(new Sending.Left(id));
      }
    };
  }

  private static Behavior<Waking> waker(ClusterSharding sharding) {
    return Behaviors.receiveMessage(
        waking -> {
          sharding
              .entityRefFor(ConversationEntity.TYPE, waking.entityId())
              .tell(new Command.Wake(0));
          return Behaviors.same();
        });
  }

  private static Behavior<Sending> sender() {
    return Behaviors.setup(
        context -> {
          ActorRef<Receptionist.Listing> listings =
              context.messageAdapter(
                  Receptionist.Listing.class,
                  listing -> new Sending.Known(List.copyOf(listing.getServiceInstances(KEY))));
          context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, listings));
          return sender(List.of());
        });
  }

  private static Behavior<Sending> sender(List<ActorRef<Waking>> others) {
    return Behaviors.receiveMessage(
        sending ->
            switch (sending) {
              case Sending.Known(List<ActorRef<Waking>> wakers) ->
                  sender(wakers.stream().filter(Wakers::isElsewhere).toList());
              case Sending.Left(ConversationId id) -> {
                if (!others.isEmpty()) {
                  others
                      .get(Math.floorMod(id.hashCode(), others.size()))
                      .tell(new Waking(id.entityId()));
                }
                yield Behaviors.same();
              }
            });
  }

  private static boolean isElsewhere(ActorRef<Waking> waker) {
    return waker.path().address().hasGlobalScope();
  }
}
