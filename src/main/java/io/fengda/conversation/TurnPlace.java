package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Refusal;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One conversation's place among the node's open turns, and how long its turn has waited there
 * without anybody working on it. Used by one entity, in its thread.
 */
final class TurnPlace {
  private final ConversationId id;
  private final EntityContext shared;
  private boolean isHeld;
  private boolean awaitsWake;
  private @Nullable Instant since;
  private Duration worked = Duration.ZERO;

  TurnPlace(ConversationId id, EntityContext shared) {
    this.id = id;
    this.shared = shared;
  }

  boolean isHeld() {
    return isHeld;
  }

  /** A turn was found open: whether it is to be taken up is for a wake to say. */
  void awaitWake() {
    awaitsWake = true;
  }

  boolean awaitsWake() {
    return awaitsWake;
  }

  void woken() {
    awaitsWake = false;
  }

  /** Takes a place for a turn that begins now, or says why there is none. */
  Optional<Refusal> take(Instant now) {
    Optional<Refusal> refusal = shared.openTurns().tryOpen(tenant());
    isHeld = refusal.isEmpty();
    since = now;
    return refusal;
  }

  /** Takes a place whether or not there is room: the turn was accepted before. */
  void hold() {
    if (!isHeld) {
      shared.openTurns().reopen(tenant());
      isHeld = true;
    }
  }

  void leave() {
    if (isHeld) {
      shared.openTurns().close(tenant());
      isHeld = false;
    }
  }

  /** A query goes out: the time counts from when the turn began, where that is known. */
  void attempted(Instant now) {
    since = since == null ? now : since;
    worked = Duration.ZERO;
  }

  /**
   * The query came back.
   *
   * @param had how long the worker had it; null where an older one does not say
   */
  void returned(@Nullable Duration had) {
    if (had == null) {
      forgetTime();
    } else {
      worked = had;
    }
  }

  /** The turn ended with a reply: what nobody worked on it is a sign of how loaded the node is. */
  void replied(Instant now) {
    if (since != null && !id.tenant().equals(Tenants.RESERVED)) {
      shared.openTurns().waited(Duration.between(since, now).minus(worked));
    }
    forgetTime();
  }

  private Tenant tenant() {
    return shared.tenant(id.tenant());
  }

  /** What comes next is another turn or attempt. */
  void forgetTime() {
    since = null;
  }
}
