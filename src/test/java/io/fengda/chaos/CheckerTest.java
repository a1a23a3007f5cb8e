package io.fengda.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.chaos.ClientRecord.Delivery;
import io.fengda.chaos.ClientRecord.Ending;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.ClientRecord.Said;
import io.fengda.chaos.ClientRecord.Watch;
import io.fengda.chaos.Violation.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every rule finds what is planted against it, and no other does. */
class CheckerTest {
  private static final Line ONE = customer(1, "m-1", "one", "answer");
  private static final Line REPLY_ONE = answer(2, "one", 1);
  private static final Line TWO = customer(3, "m-2", "two", "answer");
  private static final Line THREE = customer(4, "m-3", "three", "answer");
  private static final Line REPLY_TWO = answer(5, "two", 3);
  private static final Line REPLY_THREE = answer(6, "three", 4);

  private final List<Line> history =
      new ArrayList<>(List.of(ONE, REPLY_ONE, TWO, THREE, REPLY_TWO, REPLY_THREE));
  private final List<Said> said =
      new ArrayList<>(
          List.of(
              said("m-1", "one", 10, 1, REPLY_ONE),
              said("m-2", "two", 20, 3, REPLY_TWO),
              said("m-3", "three", 30, 4, REPLY_THREE)));
  private final List<Delivery> delivered =
      new ArrayList<>(
          List.of(
              new Delivery(1, customer(1, "m-1", "one", "open")),
              new Delivery(1, REPLY_ONE),
              new Delivery(2, TWO),
              new Delivery(2, THREE),
              new Delivery(2, REPLY_TWO),
              new Delivery(3, REPLY_THREE)));
  private final List<Ending> endings =
      new ArrayList<>(
          List.of(
              new Ending(1, List.of(1L), "answer"),
              new Ending(2, List.of(3L), "answer"),
              new Ending(3, List.of(3L), "answer"),
              new Ending(3, List.of(4L), "answer")));

  @Test
  void aRecordThatAgreesWithTheHistoryPasses() {
    assertEquals(Set.of(), found());
  }

  @Test
  void aMessageThatWasNeverAcknowledgedMayBeMissing() {
    said.add(new Said("m-4", "four", List.of(), 40, 0, "", null));

    assertEquals(Set.of(), found());
  }

  @Test
  void anAcknowledgedMessageThatIsNotInTheHistoryIsLost() {
    said.add(new Said("m-4", "four", List.of(7L), 40, 41, "", null));

    assertEquals(EnumSet.of(Rule.LOST), found());
  }

  @Test
  void anAcknowledgedMessageThatIsElsewhereInTheHistoryIsLost() {
    said.set(2, said("m-3", "three", 30, 3, REPLY_THREE));

    assertEquals(EnumSet.of(Rule.LOST), found());
  }

  @Test
  void aMessageThatIsTwiceInTheHistoryIsDoubled() {
    append(customer(7, "m-3", "three", "answer"));
    append(answer(8, "three", 7));

    assertEquals(Set.of(Rule.DOUBLED, Rule.LOST), found());
  }

  @Test
  void aDoubledMessageIsFoundThoughItsAcknowledgementNamesTheLatter() {
    said.set(2, said("m-3", "three", 30, 7, REPLY_THREE));
    append(customer(7, "m-3", "three", "answer"));
    append(answer(8, "three", 7));

    assertEquals(EnumSet.of(Rule.DOUBLED), found());
  }

  @Test
  void aMessageThatNobodySaidIsInvented() {
    append(customer(7, "m-9", "nine", "answer"));
    append(answer(8, "nine", 7));

    assertEquals(EnumSet.of(Rule.INVENTED), found());
  }

  @Test
  void twoAcknowledgementsThatDifferAreFound() {
    said.set(2, new Said("m-3", "three", List.of(4L, 6L), 30, 31, "answer", REPLY_THREE));

    assertEquals(EnumSet.of(Rule.TWO_SEQS), found());
  }

  @Test
  void aGapInTheHistoryIsFoundAndItsWatcherMissesAMessageToo() {
    said.add(said("m-4", "four", 40, 8, answer(9, "four", 8)));
    append(customer(8, "m-4", "four", "answer"));
    append(answer(9, "four", 8));

    assertEquals(Set.of(Rule.GAP, Rule.MISSED), found());
  }

  @Test
  void aMessageBeforeOneThatWasAcknowledgedEarlierIsOutOfOrder() {
    said.add(1, said.remove(2));
    said.set(1, said("m-3", "three", 15, 4, REPLY_THREE));

    assertEquals(EnumSet.of(Rule.ORDER), found());
  }

  @Test
  void messagesThatWereSentAtTheSameTimeHaveNoOrder() {
    said.add(1, said.remove(2));
    said.set(1, new Said("m-3", "three", List.of(4L), 15, 25, "answer", REPLY_THREE));

    assertEquals(Set.of(), found());
  }

  @Test
  void aReplyBeforeItsMessageIsOutOfOrder() {
    history.set(1, new Line(2, false, "", "sorry", "fallback", List.of(1L, 3L)));
    history.set(0, customer(1, "m-1", "one", "fallback"));
    history.set(2, customer(3, "m-2", "two", "answer"));
    said.set(0, new Said("m-1", "one", List.of(1L), 10, 11, "", null));
    delivered.set(1, new Delivery(1, history.get(1)));
    endings.removeFirst();

    assertEquals(EnumSet.of(Rule.ORDER), found());
  }

  @Test
  void repliesInAnotherOrderThanTheirMessagesAreFound() {
    history.set(4, answer(5, "three", 4));
    history.set(5, answer(6, "two", 3));
    said.set(1, said("m-2", "two", 20, 3, history.get(5)));
    said.set(2, said("m-3", "three", 30, 4, history.get(4)));
    delivered.set(4, new Delivery(2, history.get(4)));
    delivered.set(5, new Delivery(3, history.get(5)));

    assertEquals(EnumSet.of(Rule.ORDER), found());
  }

  @Test
  void aTurnThatIsOpenHasNotEnded() {
    said.add(new Said("m-4", "four", List.of(7L), 40, 41, "", null));
    append(customer(7, "m-4", "four", "open"));

    assertEquals(EnumSet.of(Rule.NOT_ENDED), found());
  }

  @Test
  void aTurnWithTwoRepliesHasEndedTwice() {
    append(answer(7, "three", 4));

    assertEquals(EnumSet.of(Rule.ENDED_TWICE), found());
  }

  @Test
  void aTurnThatWasCancelledAndAnsweredHasEndedTwice() {
    history.set(3, customer(4, "m-3", "three", "cancelled"));
    said.set(2, new Said("m-3", "three", List.of(4L), 30, 31, "", REPLY_THREE));
    endings.removeLast();

    assertEquals(EnumSet.of(Rule.ENDED_TWICE), found());
  }

  @Test
  void aTurnWhoseEndIsToldTwiceOnOneConnectionHasEndedTwice() {
    endings.add(new Ending(3, List.of(4L), "answer"));

    assertEquals(EnumSet.of(Rule.ENDED_TWICE), found());
  }

  @Test
  void anotherTextThanWasSentIsFound() {
    said.set(2, said("m-3", "other", 30, 4, REPLY_THREE));

    assertEquals(EnumSet.of(Rule.TEXT), found());
  }

  @Test
  void anAnswerToAnotherQuestionIsFound() {
    history.set(5, answer(6, "two", 4));
    said.set(2, said("m-3", "three", 30, 4, history.get(5)));
    delivered.set(5, new Delivery(3, history.get(5)));

    assertEquals(EnumSet.of(Rule.WRONG_ANSWER), found());
  }

  @Test
  void anEndThatTheHistoryDoesNotKnowIsFound() {
    said.set(2, new Said("m-3", "three", List.of(4L), 30, 31, "fallback", null));

    assertEquals(EnumSet.of(Rule.OTHER_END), found());
  }

  @Test
  void aReplyThatTheHistoryDoesNotKnowIsFound() {
    said.set(2, said("m-3", "three", 30, 4, answer(6, "other", 4)));

    assertEquals(EnumSet.of(Rule.OTHER_END), found());
  }

  @Test
  void anEndThatAWatcherWasToldWrongIsFound() {
    endings.set(3, new Ending(3, List.of(4L), "fallback"));

    assertEquals(EnumSet.of(Rule.OTHER_END), found());
  }

  @Test
  void aMessageThatAWatcherDidNotGetAfterItCameBackIsMissed() {
    delivered.remove(2);

    assertEquals(EnumSet.of(Rule.MISSED), found());
  }

  @Test
  void aLastMessageThatAWatcherDidNotGetIsMissed() {
    delivered.removeLast();

    assertEquals(EnumSet.of(Rule.MISSED), found());
  }

  @Test
  void aMessageThatAWatcherGotAgainIsRepeated() {
    delivered.add(2, new Delivery(2, REPLY_ONE));

    assertEquals(EnumSet.of(Rule.REPEATED), found());
  }

  @Test
  void anOlderMessageAfterANewerOneIsFound() {
    delivered.add(4, delivered.remove(3));
    delivered.add(3, delivered.remove(2));

    assertEquals(Set.of(Rule.MISSED, Rule.REPEATED), found());
  }

  @Test
  void aMessageThatAWatcherGotWithAnotherTextIsFound() {
    delivered.set(5, new Delivery(3, answer(6, "other", 4)));

    assertEquals(EnumSet.of(Rule.OTHER_MESSAGE), found());
  }

  private Set<Rule> found() {
    ClientRecord record =
        new ClientRecord("c-1", said, List.of(new Watch("socket", delivered, endings)));
    return Checker.check(record, history).stream().map(Violation::rule).collect(Collectors.toSet());
  }

  private void append(Line line) {
    history.add(line);
    delivered.add(new Delivery(3, line));
  }

  private static Line customer(long seq, String id, String text, String outcome) {
    return new Line(seq, true, id, text, outcome, List.of());
  }

  private static Line answer(long seq, String question, long covers) {
    return new Line(seq, false, "", Checker.ANSWER_PREFIX + question, "answer", List.of(covers));
  }

  private static Said said(String id, String text, long sentNanos, long seq, Line reply) {
    return new Said(id, text, List.of(seq), sentNanos, sentNanos + 1, "answer", reply);
  }
}
