package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.tenant.TenantId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** How the last turns that ended on this node went; the oldest is forgotten first. Thread-safe. */
final class RecentTurns {
  private final int max;
  private final Map<Key, TurnReport> reports = new LinkedHashMap<>();

  private record Key(ConversationId id, long lastSeq) {}

  RecentTurns(int max) {
    this.max = max;
  }

  synchronized void ended(ConversationId id, TurnReport report) {
    reports.put(new Key(id, report.seqs().getLast()), report);
    if (reports.size() > max) {
      reports.remove(reports.keySet().iterator().next());
    }
  }

  /** The turn of a customer's message, if it is still known. */
  synchronized Optional<TurnReport> find(ConversationId id, long seq) {
    TurnReport own = reports.get(new Key(id, seq));
    return own != null
        ? Optional.of(own)
        : reports.entrySet().stream()
            .filter(entry -> entry.getKey().id().equals(id))
            .map(Map.Entry::getValue)
            .filter(report -> report.seqs().contains(seq))
            .findFirst();
  }

  /** What is of other tenants is forgotten. */
  synchronized void keepOnly(Predicate<TenantId> known) {
    reports.keySet().removeIf(key -> !known.test(key.id().tenant()));
  }

  /** Whoever was forgotten is not told of. */
  synchronized void erased(ConversationId id) {
    reports.keySet().removeIf(key -> key.id().equals(id));
  }
}
