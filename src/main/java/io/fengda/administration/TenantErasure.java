package io.fengda.administration;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.ShardedDaemonProcessSettings;
import akka.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import io.fengda.telemetry.LogAbout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases the conversations of deleted tenants, one daemon for the cluster. It looks through the
 * whole journal, and again until no turn that was open at the deletion can have been written since.
 */
public final class TenantErasure {
  private static final Logger log = LoggerFactory.getLogger(TenantErasure.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final String BY = "engine";

  private final Administration administration;
  private final TenantRows rows;
  private final AdministrationSettings settings;
  private final Clock clock = Clock.systemUTC();

  /** Since when each tenant is known to be deleted, and when it is to be looked for. */
  private final Map<String, Look> looks = new HashMap<>();

  private record Look(Instant since, Instant next) {}

  private sealed interface Command {
    record Look() implements Command {}

    record Looked(@Nullable Throwable failure) implements Command {}

    record Stop() implements Command {}
  }

  private TenantErasure(
      Administration administration, TenantRows rows, AdministrationSettings settings) {
    this.administration = administration;
    this.rows = rows;
    this.settings = settings;
  }

  /**
   * Starts this node's share, which may be nothing.
   *
   * @param home the role of the nodes on which the daemon may live
   */
  public static void start(
      ActorSystem<?> system,
      AdministrationSettings settings,
      Administration administration,
      TenantRows rows,
      String home) {
    ShardedDaemonProcess.get(system)
        .init(
            Command.class,
            "tenant-erasure",
            1,
            number ->
                Behaviors.setup(
                    context ->
                        Behaviors.withTimers(
                            timers ->
                                new TenantErasure(administration, rows, settings)
                                    .looking(context, timers))),
            ShardedDaemonProcessSettings.create(system).withRole(home),
            Optional.of(new Command.Stop()));
  }

  private Behavior<Command> looking(ActorContext<Command> context, TimerScheduler<Command> timers) {
    timers.startSingleTimer(new Command.Look(), LOOK_EVERY);
    return Behaviors.receiveMessage(
        command ->
            switch (command) {
              case Command.Look look -> {
                context.pipeToSelf(eraseDue(), (done, failure) -> new Command.Looked(failure));
                yield Behaviors.same();
              }
              case Command.Looked looked -> {
                if (looked.failure() != null) {
                  log.warn("the erasure of tenants pauses: {}", looked.failure().toString());
                }
                timers.startSingleTimer(new Command.Look(), LOOK_EVERY);
                yield Behaviors.same();
              }
              case Command.Stop stop -> Behaviors.stopped();
            });
  }

  private CompletionStage<Done> eraseDue() {
    Collection<String> erasing = administration.erasing();
    looks.keySet().retainAll(erasing);
    Instant now = clock.instant();
    erasing.forEach(
        tenant -> looks.putIfAbsent(tenant, new Look(now, now.plus(settings.eraseAfter()))));
    CompletionStage<Done> all = CompletableFuture.completedStage(Done.getInstance());
    for (Map.Entry<String, Look> tenant : Map.copyOf(looks).entrySet()) {
      Look look = tenant.getValue();
      if (!look.next().isAfter(now)) {
        looks.put(tenant.getKey(), new Look(look.since(), now.plus(settings.eraseAfter())));
        boolean isLate = now.isAfter(look.since().plus(settings.eraseFor()));
        all =
            all.thenCompose(done -> erase(tenant.getKey(), isLate))
                .exceptionally(failure -> failed(tenant.getKey(), failure));
      }
    }
    return all;
  }

  /** One tenant's trouble keeps no other's rows. */
  private static Done failed(String tenant, Throwable failure) {
    LogAbout.tenant(log.atWarn(), tenant)
        .log("the erasure of a tenant is tried again: {}", failure.toString());
    return Done.getInstance();
  }

  private CompletionStage<Done> erase(String tenant, boolean isLate) {
    return rows.deleteConversations(tenant)
        .thenCompose(
            deleted -> {
              LogAbout.tenant(log.atInfo(), tenant)
                  .log("{} rows of the deleted tenant are deleted", deleted);
              return administration
                  .knowledge()
                  .forget(tenant)
                  .exceptionally(failure -> failed(tenant, failure));
            })
        .thenCompose(done -> rows.deleteAll(KnowledgeBase.persistenceIdOf(tenant)))
        .thenCompose(
            done ->
                rows.emptyBeforeLast(
                    TenantRegistry.persistenceIdOfAll(), TenantRegistry.tagOf(tenant)))
        .thenCompose(
            left ->
                left == 0 && isLate
                    ? administration
                        .apply(tenant, new Change.Erased(), BY)
                        .thenApply(outcome -> Done.getInstance())
                    : CompletableFuture.completedStage(Done.getInstance()));
  }
}
