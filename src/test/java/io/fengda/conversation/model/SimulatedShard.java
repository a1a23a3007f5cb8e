package io.fengda.conversation.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The way to the entity: starts it where a message finds none, loses some, and kills it. */
final class SimulatedShard {

  /** What reaches an entity. */
  sealed interface Mail {
    /** A customer asks, and waits for the answer. */
    record Ask(Input.Receive receive, SimulatedCustomer.Request request) implements Mail {}

    /** A worker, a timer or a customer tells. */
    record Tell(Input input) implements Mail {}

    /** Somebody wants the messages after {@code after}, and all that follow. */
    record Watch(SimulatedWatcher watcher, long after) implements Mail {}

    /** The entity has recovered, and tells itself, behind what came in meanwhile. */
    record TakeUp() implements Mail {}

    /**
     * The redriver saw an open turn after the last row.
     *
     * @param rows how many there were
     */
    record Redrive(int rows) implements Mail {}
  }

  private final Simulation simulation;
  private final SimulatedWorld world;
  private @Nullable SimulatedEntity entity;
  private Instant downUntil = Instant.MIN;

  SimulatedShard(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world();
  }

  /** The entity that runs now, if one does. */
  @Nullable SimulatedEntity entity() {
    return entity;
  }

  /** Sends over a network that takes its time, and sometimes loses. */
  void send(long delayMillis, Mail mail) {
    if (!world.fault("mail lost", 0.03)) {
      world.after(delayMillis, "the shard gets", () -> deliver(mail));
    }
  }

  private void deliver(Mail mail) {
    world.note(mail);
    if (world.now().isBefore(downUntil)) {
      world.count("mail to a node that is down");
      return;
    }
    running().receive(mail);
  }

  private SimulatedEntity running() {
    SimulatedEntity running = entity;
    if (running == null) {
      running = new SimulatedEntity(simulation);
      entity = running;
      running.start();
    }
    return running;
  }

  /** The process dies; sometimes its node, too, for a while. */
  void crash() {
    if (world.fault("node down", 0.1)) {
      downUntil = world.now().plusMillis(world.between(500, 40_000));
    }
    stop();
  }

  /** The entity ends, and its supervisor soon starts another. */
  void restart() {
    stop();
    world.after(
        world.between(100, 1_000),
        "the supervisor restarts",
        () -> {
          if (!world.now().isBefore(downUntil)) {
            running();
          }
        });
  }

  private void stop() {
    SimulatedEntity ending = entity;
    if (ending != null) {
      ending.die();
      entity = null;
    }
  }
}
