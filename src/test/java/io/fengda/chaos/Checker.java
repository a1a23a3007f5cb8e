package io.fengda.chaos;

import io.fengda.chaos.ClientRecord.Delivery;
import io.fengda.chaos.ClientRecord.Ending;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.ClientRecord.Said;
import io.fengda.chaos.ClientRecord.Watch;
import io.fengda.chaos.Violation.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds what the clients of one conversation know against its final history. */
final class Checker {
  /** What the lab's vendor answers to a question. */
  static final String ANSWER_PREFIX = "answer to: ";

  private final ClientRecord record;
  private final List<Line> history;
  private final Map<Long, Line> bySeq = new HashMap<>();
  private final Map<String, Line> byId = new HashMap<>();
  private final Map<String, Said> saidById;
  private final List<Violation> violations = new ArrayList<>();

  private Checker(ClientRecord record, List<Line> history) {
    this.record = record;
    this.history = history;
    this.saidById = record.said().stream().collect(Collectors.toMap(Said::id, Function.identity()));
  }

  /** Every promise that was not kept; none twice. */
  static List<Violation> check(ClientRecord record, List<Line> history) {
    Checker checker = new Checker(record, history);
    checker.checkHistory();
    checker.checkTurns();
    record.said().forEach(checker::checkSaid);
    checker.checkOrderOfSends();
    record.watches().forEach(checker::checkWatch);
    return List.copyOf(checker.violations);
  }

  private void checkHistory() {
    long expected = 1;
    for (Line line : history) {
      if (line.seq() != expected) {
        found(Rule.GAP, line, "seq %d where %d is due".formatted(line.seq(), expected));
      }
      expected = line.seq() + 1;
      bySeq.put(line.seq(), line);
      if (line.ofCustomer()) {
        Line before = byId.put(line.id(), line);
        if (before != null) {
          found(Rule.DOUBLED, line, "seq %d and seq %d".formatted(before.seq(), line.seq()));
        }
        if (!saidById.containsKey(line.id())) {
          found(Rule.INVENTED, line, "nobody said seq %d".formatted(line.seq()));
        }
      }
    }
  }

  private void checkTurns() {
    Map<Long, Line> endedBy = new HashMap<>();
    long lastCovered = 0;
    for (Line reply : history.stream().filter(line -> !line.ofCustomer()).toList()) {
      for (long seq : reply.covers()) {
        Line covered = bySeq.get(seq);
        if (covered == null || !covered.ofCustomer() || seq >= reply.seq()) {
          found(Rule.ORDER, reply, "reply %d covers %d".formatted(reply.seq(), seq));
          continue;
        }
        Line other = endedBy.put(seq, reply);
        if (other != null) {
          found(
              Rule.ENDED_TWICE,
              covered,
              "by reply %d and by reply %d".formatted(other.seq(), reply.seq()));
        } else if (seq < lastCovered) {
          found(Rule.ORDER, covered, "%d is answered after %d".formatted(seq, lastCovered));
        }
        lastCovered = Math.max(lastCovered, seq);
      }
      checkAnswer(reply);
    }
    byId.values().forEach(line -> checkEnd(line, endedBy.get(line.seq())));
  }

  private void checkAnswer(Line reply) {
    Line question = reply.covers().isEmpty() ? null : bySeq.get(reply.covers().getLast());
    if (question != null
        && reply.outcome().equals("answer")
        && !reply.text().equals(ANSWER_PREFIX + question.text())) {
      found(Rule.WRONG_ANSWER, question, "answered with '%s'".formatted(reply.text()));
    }
  }

  private void checkEnd(Line line, @Nullable Line reply) {
    if (line.outcome().equals("cancelled")) {
      if (reply != null) {
        found(Rule.ENDED_TWICE, line, "cancelled, and by reply %d".formatted(reply.seq()));
      }
    } else if (reply == null) {
      found(Rule.NOT_ENDED, line, "seq %d is '%s'".formatted(line.seq(), line.outcome()));
    } else if (!line.outcome().equals(reply.outcome())) {
      found(
          Rule.OTHER_END,
          line,
          "seq %d is '%s', its reply '%s'".formatted(line.seq(), line.outcome(), reply.outcome()));
    }
  }

  private void checkSaid(Said said) {
    Line line = byId.get(said.id());
    Set<Long> seqs = new HashSet<>(said.acks());
    if (seqs.size() > 1) {
      found(Rule.TWO_SEQS, said.id(), "acknowledged as " + seqs);
    } else if (line == null && said.isAcked()) {
      found(Rule.LOST, said.id(), "acknowledged as %s, not in the history".formatted(seqs));
    } else if (line != null && said.isAcked() && !seqs.contains(line.seq())) {
      found(Rule.LOST, said.id(), "acknowledged as %s, is %d".formatted(seqs, line.seq()));
    }
    if (line != null && !line.text().equals(said.text())) {
      found(Rule.TEXT, said.id(), "said '%s', is '%s'".formatted(said.text(), line.text()));
    }
    if (line != null && !said.outcome().isEmpty() && !said.outcome().equals(line.outcome())) {
      found(Rule.OTHER_END, said.id(), "told %s, is %s".formatted(said.outcome(), line.outcome()));
    }
    Line reply = said.reply();
    if (reply != null && !isSame(reply, bySeq.get(reply.seq()))) {
      found(Rule.OTHER_END, said.id(), "told %s, is %s".formatted(reply, bySeq.get(reply.seq())));
    }
  }

  /** What was acknowledged before another was sent has the smaller seq, whatever the retries. */
  private void checkOrderOfSends() {
    List<Said> acked =
        record.said().stream()
            .filter(said -> said.isAcked() && byId.containsKey(said.id()))
            .toList();
    for (Said after : acked) {
      acked.stream()
          .takeWhile(before -> !before.id().equals(after.id()))
          .filter(before -> before.ackedNanos() < after.sentNanos())
          .filter(before -> seqOf(before) > seqOf(after))
          .findFirst()
          .ifPresent(before -> foundOutOfOrder(before, after));
    }
  }

  private void foundOutOfOrder(Said before, Said after) {
    found(
        Rule.ORDER,
        after.id(),
        "%d was said after %d was acknowledged".formatted(seqOf(after), seqOf(before)));
  }

  private long seqOf(Said said) {
    return Objects.requireNonNull(byId.get(said.id())).seq();
  }

  private void checkWatch(Watch watch) {
    long last = 0;
    for (Delivery delivery : watch.deliveries()) {
      Line line = delivery.line();
      String where = "%s, connection %d: ".formatted(watch.name(), delivery.connection());
      if (line.seq() <= last) {
        found(Rule.REPEATED, line, where + "%d after %d".formatted(line.seq(), last));
      } else if (line.seq() > last + 1) {
        found(Rule.MISSED, line, where + "%d after %d".formatted(line.seq(), last));
      }
      last = Math.max(last, line.seq());
      if (!isSame(line, bySeq.get(line.seq()))) {
        found(Rule.OTHER_MESSAGE, line, where + line + " is " + bySeq.get(line.seq()));
      }
    }
    if (!history.isEmpty() && last < history.getLast().seq()) {
      found(Rule.MISSED, history.getLast(), watch.name() + " ends with " + last);
    }
    checkEndings(watch);
  }

  private void checkEndings(Watch watch) {
    Set<String> told = new HashSet<>();
    for (Ending ending : watch.endings()) {
      for (long seq : ending.seqs()) {
        Line line = bySeq.get(seq);
        String where = "%s, connection %d: ".formatted(watch.name(), ending.connection());
        if (line == null || !line.outcome().equals(ending.outcome())) {
          found(Rule.OTHER_END, "", where + seq + " told " + ending.outcome() + " is " + line);
        } else if (!told.add(ending.connection() + ":" + seq)) {
          found(Rule.ENDED_TWICE, line, where + seq + " told twice");
        }
      }
    }
  }

  /** Whether a message is the one of the history; how a turn ends changes while it is read. */
  private static boolean isSame(Line line, @Nullable Line other) {
    return other != null
        && line.seq() == other.seq()
        && line.ofCustomer() == other.ofCustomer()
        && line.text().equals(other.text())
        && line.covers().equals(other.covers())
        && (line.ofCustomer()
            ? line.id().equals(other.id())
            : line.outcome().equals(other.outcome()));
  }

  private void found(Rule rule, Line line, String detail) {
    found(rule, line.ofCustomer() ? line.id() : "", detail);
  }

  private void found(Rule rule, String messageId, String detail) {
    violations.add(new Violation(rule, record.conversation(), messageId, detail));
  }
}
