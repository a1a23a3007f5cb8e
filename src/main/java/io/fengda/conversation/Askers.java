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

  private final Map<Long, Deque<Command.Receive>> bySeq = new HashMap<>();

  void add(long seq, Command.Receive asker) {
    Deque<Command.Receive> waiting = bySeq.computeIfAbsent(seq, s -> new ArrayDeque<>(1));
    if (waiting.size() == PER_MESSAGE_MAX) {
      waiting.removeFirst();
    }
    waiting.addLast(asker);
  }

  /** Those who wait for the message; they are forgotten here. */
  List<Command.Receive> remove(long seq) {
    Deque<Command.Receive> waiting = bySeq.remove(seq);
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  /** All who wait; they are forgotten here. */
  List<Command.Receive> removeAll() {
    List<Command.Receive> all = bySeq.values().stream().flatMap(Deque::stream).toList();
    bySeq.clear();
    return all;
  }
}
