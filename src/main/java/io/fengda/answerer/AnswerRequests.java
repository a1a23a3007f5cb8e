package io.fengda.answerer;

import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is asked of the answerer, checked and read. */
final class AnswerRequests {
  static final int QUESTION_BYTES_MAX = 8 * 1024;

  /** The newest questions of a turn that are searched: bounds what a request costs. */
  static final int QUESTIONS_SEARCHED_MAX = 16;

  private AnswerRequests() {}

  /** Why a request is not answered, if it breaks the contract or comes too late. */
  static Optional<Status> refusal(AnswerRequest request, Clock clock) {
    return invalid(request).or(() -> late(request, clock));
  }

  private static Optional<Status> invalid(AnswerRequest request) {
    if (!TenantId.isValid(request.getTenantId())) {
      return Optional.of(Status.INVALID_ARGUMENT.withDescription("tenant_id is not valid"));
    }
    if (request.getQuestionsCount() == 0) {
      return Optional.of(Status.INVALID_ARGUMENT.withDescription("questions is empty"));
    }
    return IntStream.range(0, request.getQuestionsCount())
        .filter(i -> request.getQuestionsBytes(i).size() > QUESTION_BYTES_MAX)
        .mapToObj(i -> "questions[" + i + "] is longer than " + QUESTION_BYTES_MAX + " bytes")
        .map(Status.INVALID_ARGUMENT::withDescription)
        .findFirst();
  }

  private static Optional<Status> late(AnswerRequest request, Clock clock) {
    long deadlineMillis = request.getDeadlineEpochMillis();
    return deadlineMillis > 0 && clock.millis() >= deadlineMillis
        ? Optional.of(Status.DEADLINE_EXCEEDED.withDescription("deadline_epoch_millis is past"))
        : Optional.empty();
  }

  /**
   * What the questions may mean: together; each alone, the newest first; and as a follow-up to what
   * the customer asked before.
   */
  static List<String> readings(AnswerRequest request) {
    int count = request.getQuestionsCount();
    List<String> newest =
        request.getQuestionsList().subList(Math.max(0, count - QUESTIONS_SEARCHED_MAX), count);
    List<String> readings = new ArrayList<>();
    readings.add(String.join("\n", newest));
    if (newest.size() > 1) {
      readings.addAll(newest.reversed());
    }
    before(request, Role.ROLE_CUSTOMER)
        .ifPresent(asked -> readings.add(asked + "\n" + newest.getLast()));
    return readings;
  }

  /** What somebody said last. */
  static Optional<String> before(AnswerRequest request, Role role) {
    return request.getContextList().reversed().stream()
        .filter(said -> said.getRole() == role)
        .map(ContextMessage::getText)
        .findFirst();
  }
}
