package io.fengda.conversation;

import io.fengda.conversation.Update.Appended;
import io.fengda.conversation.Update.Behind;
import io.fengda.conversation.Update.CaughtUp;
import io.fengda.conversation.Update.Erased;
import io.fengda.conversation.Update.Extended;
import io.fengda.conversation.Update.TurnEnded;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a watcher stands in a conversation. Updates may be lost, repeated, or come from an entity
 * that has moved; what passes the cursor comes once, in order and without a gap. Mutable; one
 * thread.
 */
final class WatchCursor {
  private long firstSeq = 1;
  private long lastSeq;
  private boolean positioned;
  private final TreeSet<Long> open = new TreeSet<>();
  private @Nullable AttemptId attempt;
  private long replyTo;
  private int codePoints;

  WatchCursor(long after) {
    this.lastSeq = after;
  }

  /**
   * What an update means to the watcher.
   *
   * @param updates to be shown, in order
   * @param gap whether something is missing, so that the lease is to be renewed at once
   */
  record Progress(List<Update> updates, boolean gap) {
    static final Progress NOTHING = new Progress(List.of(), false);
    static final Progress GAP = new Progress(List.of(), true);

    static Progress of(Update update) {
      return new Progress(List.of(update), false);
    }
  }

  long lastSeq() {
    return lastSeq;
  }

  /** The messages whose turns the watcher takes for open. */
  List<Long> open() {
    return List.copyOf(open);
  }

  @Nullable AttemptId attempt() {
    return attempt;
  }

  /** How much of the attempt's answer the watcher has, in Unicode code points. */
  int offset() {
    return codePoints;
  }

  Progress pass(Update update) {
    return switch (update) {
      case Appended appended -> append(appended);
      case Extended extended -> extend(extended);
      case TurnEnded ended -> end(ended);
      case CaughtUp caughtUp -> catchUp(caughtUp);
      case Behind(long first) -> new Progress(begin(first), true);
      case Erased(long first) -> new Progress(begin(first), false);
    };
  }

  private Progress append(Appended appended) {
    Message message = appended.message();
    if (message.seq() <= lastSeq) {
      return Progress.NOTHING;
    }
    if (message.seq() > lastSeq + 1) {
      return Progress.GAP;
    }
    lastSeq = message.seq();
    if (message instanceof Message.FromCustomer said && said.outcome() == Outcome.OPEN) {
      open.add(said.seq());
    }
    return Progress.of(appended);
  }

  private Progress extend(Extended extended) {
    if (extended.replyTo() > lastSeq) {
      return Progress.GAP;
    }
    if (!open.contains(extended.replyTo())) {
      return Progress.NOTHING;
    }
    if (!extended.attempt().equals(attempt)) {
      attempt = extended.attempt();
      replyTo = extended.replyTo();
      codePoints = 0;
    }
    int known = codePoints - extended.offset();
    int length = extended.text().codePointCount(0, extended.text().length());
    if (known < 0) {
      return Progress.GAP;
    }
    if (known >= length) {
      return Progress.NOTHING;
    }
    String news = extended.text().substring(extended.text().offsetByCodePoints(0, known));
    Update shown = new Extended(extended.replyTo(), extended.attempt(), codePoints, news);
    codePoints += length - known;
    return Progress.of(shown);
  }

  private Progress end(TurnEnded ended) {
    List<Long> known = ended.seqs().stream().filter(open::remove).toList();
    if (ended.seqs().contains(replyTo)) {
      attempt = null;
      codePoints = 0;
    }
    return known.isEmpty() ? Progress.NOTHING : Progress.of(new TurnEnded(known, ended.outcome()));
  }

  /** A turn of which both begin and end were lost on the way has its end told too. */
  private static Optional<Update> endedMeanwhile(Update update) {
    return update instanceof Appended(Message.FromCustomer said) && said.outcome() != Outcome.OPEN
        ? Optional.of(new TurnEnded(List.of(said.seq()), said.outcome()))
        : Optional.empty();
  }

  /** What was erased is not missing, and no turn of it is open. */
  private List<Update> begin(long first) {
    if (first <= firstSeq) {
      return List.of();
    }
    firstSeq = first;
    lastSeq = Math.max(lastSeq, first - 1);
    open.headSet(first).clear();
    if (replyTo < first) {
      attempt = null;
      codePoints = 0;
    }
    return List.of(new Erased(first));
  }

  private Progress catchUp(CaughtUp caughtUp) {
    if (!positioned) {
      // A client may claim more than there is; a late answer of an entity that moved may not.
      lastSeq = Math.min(lastSeq, caughtUp.lastSeq());
    }
    List<Update> shown = new ArrayList<>(begin(caughtUp.firstSeq()));
    caughtUp.missing().forEach(update -> shown.addAll(append(update).updates()));
    if (positioned) {
      shown.addAll(shown.stream().flatMap(update -> endedMeanwhile(update).stream()).toList());
    }
    positioned = true;
    caughtUp.endings().forEach(update -> shown.addAll(end(update).updates()));
    caughtUp.open().stream().filter(seq -> seq <= lastSeq).forEach(open::add);
    if (caughtUp.partial() != null) {
      shown.addAll(extend(caughtUp.partial()).updates());
    }
    return new Progress(shown, lastSeq < caughtUp.lastSeq());
  }
}
