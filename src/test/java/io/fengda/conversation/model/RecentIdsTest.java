package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fengda.conversation.model.RecentIds.Known;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
  private static final int MAX = 1_000;
  private static final Digest DIGEST = new Digest(-7);

  @Test
  void knowsNothingAtFirst() {
    assertEquals(0, RecentIds.none().size());
    assertEquals(Optional.empty(), RecentIds.none().find(new MessageId("m1")));
  }

  @Test
  void knowsSeqAndDigestOfWhatCame() {
    RecentIds ids = RecentIds.none().plus(new MessageId("m1"), DIGEST, 41, MAX);

    assertEquals(Optional.of(new Known(41, DIGEST, Outcome.OPEN, 0)), find(ids, "m1"));
    assertEquals(Optional.empty(), find(ids, "M1"));
    assertEquals(Optional.empty(), find(ids, "m"));
  }

  @Test
  void keepsAThousandAndDropsTheOldestForTheNext() {
    RecentIds thousand = idsFrom(1, MAX);

    RecentIds oneMore = thousand.plus(new MessageId("m1001"), DIGEST, 1_001, MAX);

    assertEquals(MAX, thousand.size());
    assertEquals(1, find(thousand, "m1").orElseThrow().seq());
    assertEquals(MAX, oneMore.size());
    assertEquals(Optional.empty(), find(oneMore, "m1"));
    for (int seq = 2; seq <= MAX + 1; seq++) {
      assertEquals(seq, find(oneMore, "m" + seq).orElseThrow().seq());
    }
  }

  @Test
  void shrinksToASmallerLimit() {
    RecentIds ids = idsFrom(1, 10).plus(new MessageId("m11"), DIGEST, 11, 3);

    assertEquals(3, ids.size());
    assertEquals(Optional.empty(), find(ids, "m8"));
    assertEquals(9, find(ids, "m9").orElseThrow().seq());
  }

  @Test
  void mayBeLimitedToOne() {
    RecentIds ids = idsFrom(1, 2).plus(new MessageId("m3"), DIGEST, 3, 1);

    assertEquals(1, ids.size());
    assertEquals(3, find(ids, "m3").orElseThrow().seq());
  }

  @Test
  void tellsHowTurnsEnded() {
    RecentIds open = idsFrom(1, 4);

    RecentIds ids =
        open.ended(List.of(1L), Outcome.ANSWER, 5)
            .ended(List.of(2L), Outcome.FALLBACK, 6)
            .ended(List.of(3L), Outcome.CANCELLED, 0);

    assertEquals(new Known(1, DIGEST, Outcome.ANSWER, 5), find(ids, "m1").orElseThrow());
    assertEquals(new Known(2, DIGEST, Outcome.FALLBACK, 6), find(ids, "m2").orElseThrow());
    assertEquals(new Known(3, DIGEST, Outcome.CANCELLED, 0), find(ids, "m3").orElseThrow());
    assertEquals(new Known(4, DIGEST, Outcome.OPEN, 0), find(ids, "m4").orElseThrow());
  }

  @Test
  void endsEveryMessageThatAReplyCovers() {
    RecentIds ids = idsFrom(1, 5).ended(List.of(2L, 4L), Outcome.ANSWER, 6);

    assertEquals(Outcome.OPEN, find(ids, "m1").orElseThrow().outcome());
    assertEquals(6, find(ids, "m2").orElseThrow().replySeq());
    assertEquals(Outcome.OPEN, find(ids, "m3").orElseThrow().outcome());
    assertEquals(6, find(ids, "m4").orElseThrow().replySeq());
    assertEquals(Outcome.OPEN, find(ids, "m5").orElseThrow().outcome());
  }

  /** Across the chunks that it is made of, and while the oldest are dropped. */
  @Test
  void isTheSameAsAPlainListOfTheLast() {
    int max = 70;
    RecentIds ids = RecentIds.none();
    ArrayDeque<Known> plain = new ArrayDeque<>();
    for (int seq = 1; seq <= 300; seq++) {
      ids = ids.plus(new MessageId("m" + seq), DIGEST, seq, max);
      plain.add(new Known(seq, DIGEST, Outcome.OPEN, 0));
      if (plain.size() > max) {
        plain.removeFirst();
      }
      if (seq % 40 == 0) {
        List<Long> covered = LongStream.rangeClosed(seq - 39, seq).boxed().toList();
        int last = seq;
        ids = ids.ended(covered, Outcome.ANSWER, last);
        plain =
            plain.stream()
                .map(
                    known ->
                        known.seq() >= covered.getFirst()
                            ? new Known(known.seq(), DIGEST, Outcome.ANSWER, last)
                            : known)
                .collect(Collectors.toCollection(ArrayDeque::new));
      }

      assertEquals(plain.size(), ids.size());
      for (RecentIds same : List.of(ids, RecentIds.ofLongs(ids.toLongs()))) {
        assertEquals(Optional.empty(), find(same, "m" + (seq - max)));
        for (Known known : plain) {
          assertEquals(Optional.of(known), find(same, "m" + known.seq()));
        }
      }
    }
  }

  @Test
  void keepsLargeSeqsWhole() {
    long seq = (1L << 50) + 1;
    RecentIds ids = RecentIds.none().plus(new MessageId("m"), DIGEST, seq, MAX);

    RecentIds ended = ids.ended(List.of(seq), Outcome.CANCELLED, 0);
    RecentIds replied = ids.ended(List.of(seq), Outcome.FALLBACK, seq + 1);

    assertEquals(new Known(seq, DIGEST, Outcome.CANCELLED, 0), find(ended, "m").orElseThrow());
    assertEquals(
        new Known(seq, DIGEST, Outcome.FALLBACK, seq + 1), find(replied, "m").orElseThrow());
  }

  @Test
  void endingAForgottenMessageChangesNothing() {
    RecentIds ids = idsFrom(3, 3);

    RecentIds ended = ids.ended(List.of(1L), Outcome.ANSWER, 9);

    assertArrayEquals(ids.toLongs(), ended.toLongs());
  }

  @Test
  void isReadBackFromItsNumbers() {
    RecentIds ids = idsFrom(1, 3).ended(List.of(2L), Outcome.ANSWER, 4);

    RecentIds back = RecentIds.ofLongs(ids.toLongs());

    assertArrayEquals(ids.toLongs(), back.toLongs());
    for (String id : List.of("m1", "m2", "m3")) {
      assertEquals(find(ids, id), find(back, id));
    }
    assertThrows(IllegalArgumentException.class, () -> RecentIds.ofLongs(new long[6]));
  }

  @Test
  void itsNumbersAreAStoredFormatThatStays() {
    RecentIds none = RecentIds.none();

    RecentIds ids =
        none.plus(new MessageId("abc"), new Digest(5), 1, MAX)
            .ended(List.of(1L), Outcome.ANSWER, 2)
            .plus(new MessageId("abc"), new Digest(5), 3, MAX)
            .ended(List.of(3L), Outcome.FALLBACK, 4)
            .plus(new MessageId("abc"), new Digest(5), 5, MAX)
            .ended(List.of(5L), Outcome.CANCELLED, 0)
            .plus(new MessageId("abc"), new Digest(5), 6, MAX);

    long high = 0xba7816bf8f01cfeaL;
    long low = 0x414140de5dae2223L;
    assertArrayEquals(
        new long[] {
          high, low, 5, 1, 0x0100_0000_0000_0002L,
          high, low, 5, 3, 0x0200_0000_0000_0004L,
          high, low, 5, 5, 0x0300_0000_0000_0000L,
          high, low, 5, 6, 0
        },
        ids.toLongs());
  }

  @Test
  void knowsAnIdByAllOfItsNumbers() {
    long[] otherHigh = idsFrom(1, 1).toLongs();
    long[] otherLow = idsFrom(1, 1).toLongs();

    otherHigh[0]++;
    otherLow[1]++;

    assertEquals(Optional.empty(), find(RecentIds.ofLongs(otherHigh), "m1"));
    assertEquals(Optional.empty(), find(RecentIds.ofLongs(otherLow), "m1"));
  }

  @Test
  void findsTheNewestWhereAnIdCameTwice() {
    RecentIds ids = idsFrom(1, 1).plus(new MessageId("m1"), new Digest(8), 2, MAX);

    assertEquals(new Known(2, new Digest(8), Outcome.OPEN, 0), find(ids, "m1").orElseThrow());
  }

  @Test
  void isNotChangedThroughTheNumbersItGaveOrTook() {
    RecentIds ids = idsFrom(1, 1);
    long[] taken = ids.toLongs();
    RecentIds back = RecentIds.ofLongs(taken);

    ids.toLongs()[3] = 99;
    taken[3] = 99;

    assertEquals(1, find(ids, "m1").orElseThrow().seq());
    assertEquals(1, find(back, "m1").orElseThrow().seq());
  }

  /** Ids {@code m<first>} and on, with as many seqs. */
  private static RecentIds idsFrom(int first, int count) {
    RecentIds ids = RecentIds.none();
    for (int seq = first; seq < first + count; seq++) {
      ids = ids.plus(new MessageId("m" + seq), DIGEST, seq, MAX);
    }
    return ids;
  }

  private static Optional<Known> find(RecentIds ids, String messageId) {
    return ids.find(new MessageId(messageId));
  }
}
