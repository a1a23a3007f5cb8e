package io.fengda.conversation.model;

import static io.fengda.conversation.model.Ledger.check;

import io.fengda.conversation.model.SimulatedShard.Mail;
import io.fengda.tenant.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the customer's devices. It sends a message with the same id until it knows the outcome; at
 * times twice at once, again long after, or with another text.
 */
final class SimulatedCustomer {
  private static final int OPEN_MAX = 2;

  /** A message sent, maybe not for the first time. */
  record Request(SimulatedCustomer from, MessageId id, String text) {
    @Override
    public String toString() {
      return id + " '" + text + "'";
    }
  }

  /** What a sender is told. */
  sealed interface Answer {
    record Accepted(long seq) implements Answer {}

    /**
     * The turn ended.
     *
     * @param replySeq 0 where there is no reply
     */
    record Ended(long seq, Outcome outcome, long replySeq, String text) implements Answer {}

    record Refused(Refusal why) implements Answer {}

    /** Nobody knows. */
    record Failed() implements Answer {}
  }

  /** What was told about a message so far: a seq of 0 stands for nothing. */
  private record Told(long seq, Answer.@Nullable Ended ended) {}

  private final Simulation simulation;
  private final SimulatedWorld world;
  private final String name;
  private final int pauseMillisMax;
  private final List<Request> said = new ArrayList<>();
  private final List<Request> open = new ArrayList<>();
  private final Map<Request, Told> told = new HashMap<>();

  SimulatedCustomer(Simulation simulation, String name, int pauseMillisMax) {
    this.simulation = simulation;
    this.world = simulation.world();
    this.name = name;
    this.pauseMillisMax = pauseMillisMax;
  }

  void start() {
    world.after(world.between(0, 2_000), name, this::live);
  }

  /** Whether it knows the outcome of everything it said. */
  boolean isContent() {
    return open.isEmpty();
  }

  private void live() {
    if (!world.isFaulty()) {
      return;
    }
    if (open.size() < OPEN_MAX) {
      say();
    }
    if (world.chance(0.05)) {
      simulation.shard().send(world.between(1, 40), new Mail.Tell(new Input.Stop()));
    }
    if (world.chance(0.01)) {
      erase();
    }
    if (world.chance(0.1) && !said.isEmpty()) {
      send(said.get((int) world.between(0, said.size() - 1)));
    }
    world.after(world.between(pauseMillisMax / 10, pauseMillisMax), name, this::live);
  }

  /** Impatiently: now and then twice. */
  private void erase() {
    for (int times = world.pick(1, 1, 2); times > 0; times--) {
      simulation.shard().send(world.between(1, 40), new Mail.Tell(new Input.Erase()));
    }
  }

  private void say() {
    Request request =
        new Request(this, new MessageId(name + "-" + said.size()), "text " + said.size());
    Request other = new Request(this, request.id(), "another " + request.text());
    if (world.chance(0.05)) {
      send(other);
    }
    said.add(request);
    open.add(request);
    sendUntilKnown(request);
    if (world.chance(0.1)) {
      send(request);
    }
    if (world.chance(0.05)) {
      send(other);
    }
  }

  private void sendUntilKnown(Request request) {
    if (open.contains(request)) {
      send(request);
      world.after(world.between(1_000, 5_000), name + " asks again", () -> sendUntilKnown(request));
    }
  }

  private void send(Request request) {
    Input.Receive receive =
        new Input.Receive(request.id(), request.text(), Channel.REST, Language.EN, "");
    simulation.shard().send(world.between(1, 40), new Mail.Ask(receive, request));
  }

  /** Sends an answer back, over a network that sometimes loses. */
  void send(Request request, Answer answer) {
    world.note(answer);
    if (!world.fault("answer lost", 0.05)) {
      world.after(world.between(1, 40), name + " gets", () -> receive(request, answer));
    }
  }

  private void receive(Request request, Answer answer) {
    world.note(request);
    world.note(answer);
    Told before = told(request);
    switch (answer) {
      case Answer.Accepted(long seq) when isErased(seq) -> {}
      case Answer.Accepted(long seq) -> {
        check(before.seq() == 0 || before.seq() == seq, "a seq stays", request, before, answer);
        told.put(request, new Told(seq, before.ended()));
      }
      case Answer.Ended ended when isErased(ended.seq()) -> open.remove(request);
      case Answer.Ended ended -> {
        check(before.seq() == 0 || before.seq() == ended.seq(), "a seq stays", before, answer);
        check(
            before.ended() == null || before.ended().equals(ended),
            "an outcome stays",
            before,
            answer);
        told.put(request, new Told(ended.seq(), ended));
        open.remove(request);
      }
      case Answer.Refused(Refusal why) -> {
        check(
            before.seq() == 0 || why != Refusal.ID_REUSED || simulation.ledger().wasErasedLately(),
            "an accepted id is the message's own",
            request,
            before);
        if (why == Refusal.ID_REUSED
            || why == Refusal.ERASED
            || world.fault("customer gives up", 0.2)) {
          open.remove(request);
        }
      }
      case Answer.Failed failed -> {
        if (world.fault("customer gives up", 0.5)) {
          open.remove(request);
        } else if (world.chance(0.5) && open.contains(request)) {
          send(request);
        }
      }
    }
  }

  /** What was told about it, unless that was erased. */
  private Told told(Request request) {
    Told all = told.getOrDefault(request, new Told(0, null));
    return isErased(all.seq()) ? new Told(0, null) : all;
  }

  private boolean isErased(long seq) {
    return seq < simulation.ledger().firstSeq();
  }

  @Override
  public String toString() {
    return name + " waiting for " + open;
  }
}
