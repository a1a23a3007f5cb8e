package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fengda.conversation.model.Query.Question;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryTest {
  private static final AttemptId ATTEMPT = new AttemptId("a1");

  @Test
  void coversItsQuestionsInOrder() {
    Query query = query(new Question(4, "Where is it?"), new Question(6, "And when?"));

    assertEquals(List.of(4L, 6L), query.covers());
  }

  @Test
  void mayBeEndedWithoutAnAnswer() {
    Query query = query(new Question(4, "Where is it?"));

    Input.Result result = query.endedWithout(ReplyKind.HAND_OVER, "vendor", "Ask a colleague");

    assertEquals(
        new Input.Result(
            ATTEMPT, List.of(4L), ReplyKind.HAND_OVER, "Ask a colleague", "vendor", 0, List.of()),
        result);
  }

  @Test
  void asksSomething() {
    assertThrows(IllegalArgumentException.class, () -> query());
  }

  private static Query query(Question... questions) {
    return new Query(
        ConversationId.of("harbor", "u-1", "main"),
        ATTEMPT,
        List.of(questions),
        List.of(),
        Language.EN,
        Instant.EPOCH,
        "");
  }
}
