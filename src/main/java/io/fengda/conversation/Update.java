package io.fengda.conversation;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a watcher of a conversation is told. */
public sealed interface Update extends ChannelOutput {

  /** A message was added to the log. */
  record Appended(Message message) implements Update {}

  /**
   * The answer has grown.
   *
   * @param offset where the text starts in the answer, in Unicode code points
   */
  record Extended(long replyTo, AttemptId attempt, int offset, String text) implements Update {}

  /** A turn ended. */
  record TurnEnded(List<Long> seqs, Outcome outcome) implements Update {
    public TurnEnded {
      seqs = List.copyOf(seqs);
    }
  }

  /**
   * The answer to a renewed lease.
   *
   * @param firstSeq where the log begins
   * @param lastSeq the newest message of the log
   * @param missing the messages the watcher has not seen
   * @param endings how turns ended that the watcher takes for open
   * @param open the messages whose turns are open or wait
   * @param partial the answer so far, from where the watcher has it
   */
  record CaughtUp(
      long firstSeq,
      long lastSeq,
      List<Appended> missing,
      List<TurnEnded> endings,
      List<Long> open,
      @Nullable Extended partial)
      implements Update {
    public CaughtUp {
      missing = List.copyOf(missing);
      endings = List.copyOf(endings);
      open = List.copyOf(open);
    }
  }

  /**
   * More was missed than memory holds: the journal has it.
   *
   * @param firstSeq where the log begins
   */
  record Behind(long firstSeq) implements Update {}

  /**
   * The messages before {@code firstSeq} are gone. Also told to who comes back to a conversation of
   * which part was erased: they may still show it.
   */
  record Erased(long firstSeq) implements Update {}
}
