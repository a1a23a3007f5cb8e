package io.fengda.conversation.model;

import com.google.protobuf.ByteString;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;

/**
 * One attempt at answering one turn, on its way to a worker.
 *
 * @param questions what one answer is to cover, in order of seq; never empty
 * @param context what was {@link Said} before, oldest first; each made by its {@code of} or {@code
 *     checked}
 * @param deadline after which nobody waits for the answer
 * @param trace W3C {@code traceparent}; empty when there is none
 */
public record Query(
    ConversationId conversation,
    AttemptId attempt,
    List<Question> questions,
    List<ByteString> context,
    Language language,
    Instant deadline,
    String trace) {
  public Query {
    questions = List.copyOf(questions);
    context = List.copyOf(context);
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("a query without a question: " + conversation);
    }
  }

  /** A customer message of the turn. */
  public record Question(long seq, String text) {}

  /** The customer messages that one answer is to cover. */
  public List<Long> covers() {
    return questions.stream().map(Question::seq).toList();
  }

  /** A result that brings no answer. */
  public Input.Result endedWithout(ReplyKind kind, String vendor, String text) {
    return new Input.Result(attempt, covers(), kind, text, vendor, 0, List.of());
  }
}
