package io.fengda.journal;

import akka.actor.AbstractExtensionId;
import akka.actor.ActorSystem;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of last events that {@link LookingSnapshotStore} has just read, for the {@link
 * GroupCommitJournal}, which is asked for them next. Thread-safe.
 *
 * <p>A write that ends makes a look of before worthless. What another node writes meanwhile is not
 * known, as it is not known after a query: the primary key refuses who missed it.
 */
final class LastSeqNrs implements Extension {
  private static final Id ID = new Id();

  /** Looks whose conversations never asked on; beyond it all are forgotten, which costs a query. */
  private static final int LOOKS_MAX = 10_000;

  private static final long AGE_MAX_NANOS = Duration.ofSeconds(5).toNanos();

  private final ConcurrentHashMap<String, Look> looks = new ConcurrentHashMap<>();

  /** A look at one persistence id's journal. */
  static final class Look {
    private final long begun = System.nanoTime();
    private volatile long last = -1;

    /** What it found; 0 where there is no event. */
    void found(long lastSeqNr) {
      last = lastSeqNr;
    }
  }

  static LastSeqNrs of(ActorSystem system) {
    return ID.get(system);
  }

  /** A look begins; whatever is written from now on makes it worthless. */
  Look begin(String persistenceId) {
    if (looks.size() >= LOOKS_MAX) {
      looks.clear();
    }
    Look look = new Look();
    looks.put(persistenceId, look);
    return look;
  }

  void written(String persistenceId) {
    looks.remove(persistenceId);
  }

  /** The number of the last event, if a look has just found it; once. */
  OptionalLong take(String persistenceId) {
    Look look = looks.remove(persistenceId);
    return look == null || look.last < 0 || System.nanoTime() - look.begun > AGE_MAX_NANOS
        ? OptionalLong.empty()
        : OptionalLong.of(look.last);
  }

  private static final class Id extends AbstractExtensionId<LastSeqNrs> {
    @Override
    public LastSeqNrs createExtension(ExtendedActorSystem system) {
      return new LastSeqNrs();
    }
  }
}
