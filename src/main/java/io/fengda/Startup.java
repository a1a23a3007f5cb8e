package io.fengda;

import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.Receipt;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.queue.QueueSettings;
import io.fengda.queue.Topics;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, in the starting thread, for what a node needs before it is ready. */
final class Startup {
  private static final int PROBE_TURNS_MAX = 10;
  private static final Duration PROBE_MAX = Duration.ofSeconds(15);
  private static final Duration PROBE_TURN_GOOD = Duration.ofMillis(50);
  private static final Duration POLL = Duration.ofMillis(20);

  private static final ConversationId PROBE =
      new ConversationId(Tenants.RESERVED, new CustomerId("start"), "probe");

  private final ActorSystem<?> system;
  private final Duration timeout;

  /**
   * Makes one.
   *
   * @param timeout of each step
   */
  Startup(ActorSystem<?> system, Duration timeout) {
    this.system = system;
    this.timeout = timeout;
  }

  /** Opens the management port, finds the cluster, and waits until this node belongs to it. */
  void joinCluster(boolean asksKubernetes) {
    await("the management port", AkkaManagement.get(system).start());
    if (asksKubernetes) {
      ClusterBootstrap.get(system.classicSystem()).start();
    }
    Cluster cluster = Cluster.get(system);
    await(
        () -> cluster.selfMember().status().equals(MemberStatus.up()),
        "this node could not join the cluster: "
            + (asksKubernetes
                ? "check that its service account may list pods, and that FENGDA_CONTACT_POINTS of them run"
                : "check FENGDA_SEED_NODES"));
  }

  void awaitGroup(QueueSettings queue, String group) {
    await(
        () -> Topics.isGroupStable(queue, group, Duration.ofSeconds(5)),
        "Kafka's consumer group %s does not settle: check FENGDA_KAFKA_BOOTSTRAP".formatted(group));
  }

  /** Until a conversation answers. */
  void awaitConversations(Conversations conversations) {
    await("the conversations", conversations.read(PROBE, 0, 1));
  }

  /** Until whole turns go through journal, Kafka, a worker and its vendor, quickly. */
  void awaitTurn(Conversations conversations) {
    await(
        () -> wentToAWorker(turn(conversations)),
        "no turn comes back from a worker: see Kafka's log and this one");
    Instant until = Instant.now().plus(PROBE_MAX);
    for (int turn = 1; turn < PROBE_TURNS_MAX && Instant.now().isBefore(until); turn++) {
      Instant before = Instant.now();
      if (wentToAWorker(turn(conversations))
          && Duration.between(before, Instant.now()).compareTo(PROBE_TURN_GOOD) < 0) {
        return;
      }
    }
  }

  private Receipt turn(Conversations conversations) {
    return await("the first turn", conversations.receiveAndAwaitEnd(PROBE, message("ready?")));
  }

  /** A worker of before there was a vendor for it says that there is none. */
  private static boolean wentToAWorker(Receipt receipt) {
    return receipt instanceof Receipt.Ended ended
        && ended.reply() != null
        && Set.of(ReplyKind.ANSWER, ReplyKind.NO_VENDOR).contains(ended.reply().kind());
  }

  /** What a customer of the reserved tenant says. */
  static Input.Receive message(String text) {
    return new Input.Receive(
        new MessageId(UUID.randomUUID().toString()), text, Channel.REST, Language.EN, "");
  }

  <T> T await(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new StartException(what + " did not start in time (fengda.start-timeout)", e);
    } catch (ExecutionException e) {
      throw new StartException(what + " can not start: " + Preflight.rootMessage(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }

  private void await(BooleanSupplier condition, String problem) {
    Instant until = Instant.now().plus(timeout);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(until)) {
        throw new StartException(problem);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
