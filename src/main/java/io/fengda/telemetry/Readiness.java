package io.fengda.telemetry;

import akka.Done;
import akka.actor.AbstractExtensionId;
import akka.actor.ActorSystem;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.typed.javadsl.Adapter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Whether a node takes traffic: from the end of its start to the beginning of its shutdown; {@code
 * /ready} is red before and after, whatever else is well. Thread-safe.
 */
public final class Readiness implements Extension {
  private static final Id ID = new Id();

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STARTING);

  private enum Phase {
    STARTING,
    STARTED,
    STOPPING
  }

  private Readiness() {}

  public static Readiness of(akka.actor.typed.ActorSystem<?> system) {
    return ID.get(Adapter.toClassic(system));
  }

  /** The node is warm and takes traffic, unless it shuts down already. */
  public void started() {
    phase.compareAndSet(Phase.STARTING, Phase.STARTED);
  }

  /** Asked by Akka Management, which makes it with the actor system. */
  public static final class Check implements Supplier<CompletionStage<Boolean>> {
    private final ActorSystem system;

    public Check(ActorSystem system) {
      this.system = system;
    }

    @Override
    public CompletionStage<Boolean> get() {
      return CompletableFuture.completedStage(ID.get(system).phase.get() == Phase.STARTED);
    }
  }

  private static final class Id extends AbstractExtensionId<Readiness> {
    @Override
    public Readiness createExtension(ExtendedActorSystem system) {
      Readiness readiness = new Readiness();
      CoordinatedShutdown.get(system)
          .addTask(
              CoordinatedShutdown.PhaseBeforeServiceUnbind(),
              "not-ready",
              () -> {
                readiness.phase.set(Phase.STOPPING);
                return CompletableFuture.completedStage(Done.getInstance());
              });
      return readiness;
    }
  }
}
