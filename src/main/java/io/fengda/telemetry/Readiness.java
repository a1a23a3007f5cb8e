package io.fengda.telemetry;

import akka.Done;
import akka.actor.AbstractExtensionId;
import akka.actor.ActorSystem;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.typed.javadsl.Adapter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether a node takes traffic: from the end of its start to the beginning of its shutdown, while
 * everything it needs is there; {@code /ready} is red else. What is away for a moment is not
 * missed: a restart of the database does not take every node out of service. Thread-safe.
 */
public final class Readiness implements Extension {
  private static final Id ID = new Id();

  /** Longer than a restart of the database or the broker takes, and their probes' intervals. */
  private static final Duration MISSED_AFTER = Duration.ofSeconds(20);

  private final Map<String, Long> seenNanos = new ConcurrentHashMap<>();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.STARTING);

  /** How far the node is. */
  public enum Phase {
    STARTING,
    STARTED,
    STOPPING
  }

  private final LongSupplier nanoClock;

  Readiness(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  public static Readiness of(akka.actor.typed.ActorSystem<?> system) {
    return ID.get(Adapter.toClassic(system));
  }

  /** The node is warm and takes traffic, unless it shuts down already. */
  public void started() {
    phase.compareAndSet(Phase.STARTING, Phase.STARTED);
  }

  /**
   * Something that the node needs is there. Whoever says it once says it every few seconds from
   * then on.
   *
   * @param need what, for operators
   */
  public void seen(String need) {
    seenNanos.put(need, nanoClock.getAsLong());
  }

  /** Whether what was there once has not been seen for too long. */
  boolean isMissing(String need) {
    Long last = seenNanos.get(need);
    return last != null && nanoClock.getAsLong() - last > MISSED_AFTER.toNanos();
  }

  boolean takesTraffic() {
    return phase.get() == Phase.STARTED && seenNanos.keySet().stream().noneMatch(this::isMissing);
  }

  public Phase phase() {
    return Objects.requireNonNull(phase.get());
  }

  /** Asked by Akka Management, which makes it with the actor system. */
  public static final class Check implements Supplier<CompletionStage<Boolean>> {
    private final ActorSystem system;

    public Check(ActorSystem system) {
      this.system = system;
    }

    @Override
    public CompletionStage<Boolean> get() {
      return CompletableFuture.completedStage(ID.get(system).takesTraffic());
    }
  }

  private static final class Id extends AbstractExtensionId<Readiness> {
    @Override
    public Readiness createExtension(ExtendedActorSystem system) {
      Readiness readiness = new Readiness(System::nanoTime);
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
