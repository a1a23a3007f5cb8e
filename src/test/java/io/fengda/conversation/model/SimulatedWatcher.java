package io.fengda.conversation.model;

import static io.fengda.conversation.model.Ledger.check;

import io.fengda.conversation.model.SimulatedShard.Mail;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who watches the conversation on a lease, and comes back with the last seq seen after its
 * own crash. What it is sent may be lost and come out of order.
 */
final class SimulatedWatcher {
  private final Simulation simulation;
  private final SimulatedWorld world;
  private final String name;
  private final int pauseMillisMax;
  private long cursor;
  private @Nullable AttemptId attempt;
  private String partialText = "";

  SimulatedWatcher(Simulation simulation, String name, int pauseMillisMax) {
    this.simulation = simulation;
    this.world = simulation.world();
    this.name = name;
    this.pauseMillisMax = pauseMillisMax;
  }

  void start() {
    world.after(world.between(0, 2_000), name, this::live);
  }

  boolean hasSeen(long lastSeq) {
    return cursor == lastSeq;
  }

  private void live() {
    if (world.fault("watcher crash", 0.05)) {
      attempt = null;
      partialText = "";
    }
    renew();
    world.after(
        world.between(1_000, world.chance(0.1) ? 30_000 : pauseMillisMax), name, this::live);
  }

  private void renew() {
    simulation.shard().send(world.between(1, 20), new Mail.Watch(this, cursor));
  }

  /** Sends something to this watcher, over a network that takes its time and sometimes loses. */
  void send(Runnable news) {
    if (!world.fault("news lost", 0.05)) {
      world.after(world.between(1, world.chance(0.1) ? 100 : 5), name + " sees", news);
    }
  }

  /** What was missing, and the answer so far. */
  void show(long first, List<Message> missing, @Nullable Attempt working) {
    erased(first);
    missing.forEach(this::message);
    if (working != null) {
      attempt = working.id();
      partialText = working.partialText();
      checkPartialText();
    }
  }

  /** What is before {@code first} is not missing. */
  void erased(long first) {
    cursor = Math.max(cursor, first - 1);
  }

  void message(Message message) {
    world.note(message);
    if (message.seq() > cursor + 1) {
      renew();
    } else if (message.seq() == cursor + 1) {
      check(message.seq() <= simulation.ledger().lastSeq(), "what is seen is durable", message);
      Message durable = simulation.ledger().message(message.seq());
      check(
          message.text().equals(durable.text())
              && message.createdAt().equals(durable.createdAt())
              && message.getClass().equals(durable.getClass()),
          "what is seen is the log",
          message,
          durable);
      cursor++;
    }
  }

  void delta(Input.Delta delta) {
    world.note(delta);
    if (!delta.attempt().equals(attempt)) {
      attempt = delta.attempt();
      partialText = "";
    }
    int known = partialText.codePointCount(0, partialText.length());
    if (delta.offset() > known) {
      world.count("watcher misses a delta");
      renew();
    } else if (delta.offset() == known) {
      partialText += delta.text();
      checkPartialText();
    }
  }

  private void checkPartialText() {
    AttemptId of = attempt;
    if (of != null && !partialText.isEmpty()) {
      String streamed = simulation.workers().script(of).streamed();
      check(
          streamed.startsWith(partialText), "a partial answer is a prefix", partialText, streamed);
    }
  }

  @Override
  public String toString() {
    return name + " at " + cursor;
  }
}
