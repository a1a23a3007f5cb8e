package io.fengda.conversation.model;

import io.fengda.conversation.model.SimulatedShard.Mail;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The queue, the workers and the vendor. Queries and results get lost, come twice, late and out of
 * order; so do deltas, which also overlap.
 */
final class SimulatedWorkers {
  private static final String[] CHARACTERS = {"a", "b", " ", "é", "中", "文", "😀", "👍"};
  private static final List<ReplyKind> NO_ANSWERS =
      Arrays.stream(ReplyKind.values())
          .filter(kind -> kind != ReplyKind.ANSWER)
          .filter(kind -> kind != ReplyKind.DEADLINE && kind != ReplyKind.ABANDONED)
          .toList();

  /**
   * What the vendor says in one attempt, however often it is asked.
   *
   * @param streamed what its deltas bring
   * @param result what its result brings; the same, or else the vendor's own text or nothing
   */
  record Script(String streamed, ReplyKind kind, String result) {}

  private final Simulation simulation;
  private final SimulatedWorld world;
  private final Map<AttemptId, Script> scripts = new HashMap<>();
  private final Set<AttemptId> cancelled = new HashSet<>();

  SimulatedWorkers(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world();
  }

  Script script(AttemptId attempt) {
    return scripts.computeIfAbsent(attempt, id -> newScript());
  }

  private Script newScript() {
    StringBuilder text = new StringBuilder("x");
    for (long i = world.between(0, 15); i > 0; i--) {
      text.append(CHARACTERS[(int) world.between(0, CHARACTERS.length - 1)]);
    }
    if (world.chance(0.8)) {
      return new Script(text.toString(), ReplyKind.ANSWER, text.toString());
    }
    ReplyKind kind = NO_ANSWERS.get((int) world.between(0, NO_ANSWERS.size() - 1));
    return new Script(text.toString(), kind, world.chance(0.5) ? "" : "ask a human");
  }

  void publish(Attempt attempt) {
    if (world.fault("query lost", 0.05)) {
      return;
    }
    ask(attempt);
    if (world.fault("query twice", 0.05)) {
      ask(attempt);
    }
  }

  void cancel(AttemptId attempt) {
    cancelled.add(attempt);
  }

  private void ask(Attempt attempt) {
    long delayMillis = world.between(1, world.fault("query late", 0.03) ? 3_000 : 30);
    world.after(delayMillis, "a worker takes", () -> work(attempt));
  }

  private void work(Attempt attempt) {
    world.note(attempt);
    Instant now = world.now();
    if (now.isAfter(attempt.deadline()) || cancelled.contains(attempt.id())) {
      world.count("query dropped by its worker");
      return;
    }
    Script script = script(attempt.id());
    int length = script.streamed().codePointCount(0, script.streamed().length());
    long atMillis = 0;
    for (int offset = 0; offset < length; ) {
      int end = (int) Math.min(length, offset + world.between(1, 5));
      int from = world.fault("delta overlaps", 0.1) ? (int) world.between(0, offset) : offset;
      atMillis += world.between(5, world.chance(0.1) ? 800 : 60);
      send("delta", atMillis, delta(attempt.id(), script.streamed(), from, end));
      offset = end;
    }
    Input.Result result =
        new Input.Result(
            attempt.id(),
            attempt.covers(),
            script.kind(),
            script.result(),
            "vendor",
            0.5,
            List.of());
    send("result", atMillis + world.between(0, 10), result);
  }

  private static Input.Delta delta(AttemptId attempt, String text, int from, int end) {
    return new Input.Delta(
        attempt,
        from,
        text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, end)));
  }

  private void send(String what, long delayMillis, Input input) {
    if (world.fault(what + " lost", 0.05)) {
      return;
    }
    simulation.shard().send(delayMillis + lateness(what), new Mail.Tell(input));
    if (world.fault(what + " twice", 0.1)) {
      simulation.shard().send(delayMillis + world.between(0, 500), new Mail.Tell(input));
    }
  }

  private long lateness(String what) {
    if (world.fault(what + " very late", 0.02)) {
      return world.between(1_000, 30_000);
    }
    return world.fault(what + " late", 0.05) ? world.between(0, 500) : 1;
  }
}
