package io.fengda.conversation;

import akka.actor.typed.ActorRef;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Who watches a conversation, each for as long as its lease holds: a watcher whose node died is
 * forgotten without being told of. Owned by one entity.
 */
final class Watchers {
  /** One conversation on this many screens at once; one more takes the place of the stalest. */
  private static final int WATCHERS_MAX = 64;

  private final ConversationSettings settings;

  /** Of the most, that nobody watches, there is nothing but this. */
  private Map<ActorRef<? super Update>, Instant> leasedUntil = Map.of();

  Watchers(ConversationSettings settings) {
    this.settings = settings;
  }

  void renew(ActorRef<? super Update> watcher, Instant now) {
    if (leasedUntil.size() >= WATCHERS_MAX && !leasedUntil.containsKey(watcher)) {
      leasedUntil.entrySet().stream()
          .min(Map.Entry.comparingByValue())
          .ifPresent(stalest -> leasedUntil.remove(stalest.getKey()));
    }
    if (leasedUntil.isEmpty()) {
      leasedUntil = new HashMap<>();
    }
    leasedUntil.put(watcher, now.plus(settings.lease()));
  }

  void remove(ActorRef<? super Update> watcher) {
    if (!leasedUntil.isEmpty()) {
      leasedUntil.remove(watcher);
    }
  }

  void tell(Update update, Instant now) {
    if (leasedUntil.isEmpty()) {
      return;
    }
    leasedUntil.values().removeIf(now::isAfter);
    leasedUntil.keySet().forEach(watcher -> watcher.tell(update));
  }
}
