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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Whether a node takes traffic: from the end of its start to the beginning of its shutdown; {@code
 * /ready} is red before and after, whatever else is well. Thread-safe.
 */
public final class Readiness implements Extension {
  private static final Id ID = new Id();

  private final AtomicBoolean started = new AtomicBoolean();

  private Readiness() {}

  public static Readiness of(akka.actor.typed.ActorSystem<?> system) {
    return ID.get(Adapter.toClassic(system));
  }

  /** The node is warm and takes traffic. */
  public void started() {
    started.set(true);
  }

  /** Asked by Akka Management, which makes it with the actor system. */
  public static final class Check implements Supplier<CompletionStage<Boolean>> {
    private final ActorSystem system;

    public Check(ActorSystem system) {
      this.system = system;
    }

    @Override
    public CompletionStage<Boolean> get() {
      return CompletableFuture.completedStage(ID.get(system).started.get());
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
                readiness.started.set(false);
                return CompletableFuture.completedStage(Done.getInstance());
              });
      return readiness;
    }
  }
}
