package io.fengda.operator;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.receptionist.Receptionist;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import io.fengda.operator.DrainRefusal.Reason;
import io.fengda.operator.OperatorNode.Command;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The cluster as this node sees it, and as the other nodes tell it. Thread-safe. */
final class ClusterView {
  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final OperatorSettings settings;
  private final Clock clock;

  ClusterView(ActorSystem<?> system, OperatorSettings settings, Clock clock) {
    this.system = system;
    this.cluster = Cluster.get(system);
    this.settings = settings;
    this.clock = clock;
  }

  /** Everything that the page shows; complete within the timeout, whoever does not answer. */
  CompletionStage<ClusterReport> report() {
    return speakers().thenCompose(this::report);
  }

  /** Has a node begin its shutdown, unless it must stay; the answer comes before it does. */
  CompletionStage<Optional<DrainRefusal>> drain(String node) {
    if (!settings.drain()) {
      return CompletableFuture.completedStage(Optional.of(DrainRefusal.of(Reason.OFF, node)));
    }
    return speakers()
        .thenCompose(
            speakers ->
                report(speakers)
                    .thenCompose(
                        report -> {
                          Optional<DrainRefusal> refusal =
                              DrainRefusal.find(report.members(), node);
                          return refusal.isPresent()
                              ? CompletableFuture.completedStage(refusal)
                              : drain(node, speakers.get(node));
                        }));
  }

  private CompletionStage<Optional<DrainRefusal>> drain(
      String node, @Nullable ActorRef<Command> speaker) {
    if (speaker == null) {
      return CompletableFuture.completedStage(Optional.of(DrainRefusal.of(Reason.NOT_UP, node)));
    }
    return this.<OperatorNode.Draining>ask(
            speaker, replyTo -> new OperatorNode.Drain(name(selfAddress()), replyTo))
        .thenApply(begun -> Optional.<DrainRefusal>empty())
        .exceptionally(failure -> Optional.of(DrainRefusal.of(Reason.NO_ANSWER, node)));
  }

  /** Who speaks for each node that can be reached, by the node's name. */
  private CompletionStage<Map<String, ActorRef<Command>>> speakers() {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(OperatorNode.KEY, replyTo),
            settings.timeout(),
            system.scheduler())
        .thenApply(
            listing ->
                listing.getServiceInstances(OperatorNode.KEY).stream()
                    .collect(
                        Collectors.toMap(
                            this::nodeOf, Function.identity(), (one, other) -> other)));
  }

  private CompletionStage<ClusterReport> report(Map<String, ActorRef<Command>> speakers) {
    CurrentClusterState state = cluster.state();
    List<CompletableFuture<ClusterReport.Member>> asked =
        StreamSupport.stream(state.getMembers().spliterator(), false)
            .map(member -> tell(state, member, speakers.get(name(member.address()))))
            .toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              List<ClusterReport.Member> members =
                  asked.stream().map(CompletableFuture::join).toList();
              return new ClusterReport(
                  name(selfAddress()),
                  clock.millis(),
                  settings.drain(),
                  members.stream().map(one -> judged(members, one)).toList());
            });
  }

  private static ClusterReport.Member judged(
      List<ClusterReport.Member> members, ClusterReport.Member one) {
    return one.with(DrainRefusal.find(members, one.node()).orElse(null));
  }

  /** What the node tells, or nothing where it does not answer in time. */
  private CompletableFuture<ClusterReport.Member> tell(
      CurrentClusterState state, Member member, @Nullable ActorRef<Command> speaker) {
    CompletionStage<Optional<NodeReport>> told =
        speaker == null
            ? CompletableFuture.completedStage(Optional.empty())
            : this.<NodeReport>ask(speaker, OperatorNode.Describe::new)
                .thenApply(Optional::of)
                .exceptionally(failure -> Optional.empty());
    return told.thenApply(report -> member(state, member, report)).toCompletableFuture();
  }

  private static ClusterReport.Member member(
      CurrentClusterState state, Member member, Optional<NodeReport> report) {
    return new ClusterReport.Member(
        name(member.address()),
        member.status().toString().toLowerCase(Locale.ROOT),
        member.getRoles().stream().filter(role -> !role.startsWith("dc-")).sorted().toList(),
        !state.getUnreachable().contains(member),
        isOldest(state, member),
        report.orElse(null),
        null);
  }

  private static boolean isOldest(CurrentClusterState state, Member member) {
    return StreamSupport.stream(state.getMembers().spliterator(), false)
        .noneMatch(other -> !other.equals(member) && other.isOlderThan(member));
  }

  private <T> CompletionStage<T> ask(
      ActorRef<Command> speaker, akka.japi.function.Function<ActorRef<T>, Command> question) {
    return AskPattern.ask(speaker, question, settings.timeout(), system.scheduler());
  }

  private Address selfAddress() {
    return cluster.selfMember().address();
  }

  private String nodeOf(ActorRef<Command> speaker) {
    Address address = speaker.path().address();
    return name(address.hasGlobalScope() ? address : selfAddress());
  }

  private static String name(Address address) {
    return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
  }
}
