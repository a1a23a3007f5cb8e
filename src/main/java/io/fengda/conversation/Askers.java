package io.fengda.conversation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who waits for the end of which message's turn. A sender that tries again waits again, so only the
 * last few for each message are kept. Owned by one entity.
 */
final class Askers {
  private static final int PER_MESSAGE_MAX = 8;

  /** Of the most, whose last turn has ended, there is nothing but this. */
  private Map<Long, Deque<Command.Receive>> bySeq = Map.of();

  void add(long seq, Command.Receive asker) {
    if (bySeq.isEmpty()) {
      bySeq = new HashMap<>();
    }
    Deque<Command.Receive> waiting = bySeq.computeIfAbsent(seq, s -> new ArrayDeque<>(1));
    if (waiting.size() == PER_MESSAGE_MAX) {
      waiting.removeFirst();
    }
    waiting.addLast(asker);
  }

  /** Those who wait for the message; they are forgotten here. */
  List<Command.Receive> remove(long seq) {
    if (bySeq.isEmpty()) {
      return List.of();
    }
    Deque<Command.Receive> waiting = bySeq.remove(seq);
    if (bySeq.isEmpty()) {
      bySeq = Map.of();
    }
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  /** All who wait; they are forgotten here. */
  List<Command.Receive> removeAll() {
    List<Command.Receive> all = bySeq.values().stream().flatMap(Deque::stream).toList();
    bySeq = Map.of();
    return all;
  }
}
