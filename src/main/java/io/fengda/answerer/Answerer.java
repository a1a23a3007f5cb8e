package io.fengda.answerer;

import akka.NotUsed;
import akka.grpc.GrpcServiceException;
import akka.stream.javadsl.Source;
import io.fengda.answerer.TenantKnowledge.Found;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Answers with the tenant's entry that is nearest to the question, proposes what comes near, or
 * says that it does not know.
 *
 * <p>The search runs on the caller's thread: it touches nothing but memory and takes about 5 ms of
 * CPU, most of it to encode the question, and twice that where a follow-up may be meant.
 *
 * <p>Refuses with {@code INVALID_ARGUMENT} a request that breaks the contract, with {@code
 * DEADLINE_EXCEEDED} one that comes too late, and with {@code NOT_FOUND} a tenant whose knowledge
 * is not there.
 */
public final class Answerer implements NlpService {
  static final int QUESTION_BYTES_MAX = 8 * 1024;

  /** The newest questions of a turn that are searched: bounds what a request costs. */
  static final int QUESTIONS_SEARCHED_MAX = 16;

  /** Without a text, so that the tenant's fallback is shown. */
  private static final AnswerEvent NO_ANSWER =
      ended(Final.newBuilder().setNoAnswer(NoAnswer.getDefaultInstance()));

  private final Knowledge knowledge;
  private final AnswererSettings settings;
  private final Clock clock;

  private Answerer(Knowledge knowledge, AnswererSettings settings, Clock clock) {
    this.knowledge = knowledge;
    this.settings = settings;
    this.clock = clock;
  }

  /** Answers from this knowledge, with the settings' threshold and pace, late by this clock. */
  public static Answerer of(Knowledge knowledge, AnswererSettings settings, Clock clock) {
    return new Answerer(knowledge, settings, clock);
  }

  @Override
  public Source<AnswerEvent, NotUsed> answer(AnswerRequest request) {
    Optional<Status> refusal = invalid(request).or(() -> late(request));
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
    return knowledge
        .tenant(TenantId.of(request.getTenantId()))
        .map(known -> answer(known, request))
        .orElseGet(() -> refused(Status.NOT_FOUND.withDescription("no knowledge of the tenant")));
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

  private Optional<Status> late(AnswerRequest request) {
    long deadlineMillis = request.getDeadlineEpochMillis();
    return deadlineMillis > 0 && clock.millis() >= deadlineMillis
        ? Optional.of(Status.DEADLINE_EXCEEDED.withDescription("deadline_epoch_millis is past"))
        : Optional.empty();
  }

  private static Source<AnswerEvent, NotUsed> refused(Status status) {
    return Source.failed(new GrpcServiceException(status));
  }

  private Source<AnswerEvent, NotUsed> answer(TenantKnowledge known, AnswerRequest request) {
    Language language = Language.ofTag(request.getLanguage());
    List<KnowledgeEntry> near = null;
    for (String question : readings(request)) {
      Found found = known.find(language, question, settings.threshold());
      Optional<Match> answer = found.answer().filter(match -> isNew(match, request));
      if (answer.isPresent()) {
        return answered(answer.get());
      }
      near = near == null ? found.near() : near;
    }
    return Source.single(near == null || near.isEmpty() ? NO_ANSWER : suggested(language, near));
  }

  /**
   * What the questions may mean: together; each alone, the newest first; and as a follow-up to what
   * the customer asked before.
   */
  private static List<String> readings(AnswerRequest request) {
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

  /** What was just said is no answer to a follow-up. */
  private static boolean isNew(Match match, AnswerRequest request) {
    return match.confidence() == 1
        || !before(request, Role.ROLE_BOT)
            .filter(said -> said.equals(match.entry().answer()))
            .isPresent();
  }

  /** What somebody said last. */
  private static Optional<String> before(AnswerRequest request, Role role) {
    return request.getContextList().reversed().stream()
        .filter(said -> said.getRole() == role)
        .map(ContextMessage::getText)
        .findFirst();
  }

  private static AnswerEvent suggested(Language language, List<KnowledgeEntry> near) {
    String opening =
        switch (language) {
          case ZH -> "您是不是想问：";
          case EN -> "Did you mean:";
        };
    String text =
        near.stream()
            .map(KnowledgeEntry::question)
            .collect(Collectors.joining("\n- ", opening + "\n- ", ""));
    return ended(Final.newBuilder().setNoAnswer(NoAnswer.newBuilder().setText(text)));
  }

  private Source<AnswerEvent, NotUsed> answered(Match match) {
    String text = match.entry().answer();
    Source<AnswerEvent, NotUsed> deltas =
        Source.from(AnswerPieces.of(text, settings.deltaCodePointsMax())).map(Answerer::delta);
    Source<AnswerEvent, NotUsed> timed =
        settings.deltaInterval().isZero() ? deltas : deltas.throttle(1, settings.deltaInterval());
    return timed.concat(Source.single(ended(Final.newBuilder().setAnswer(answer(match)))));
  }

  private static AnswerEvent delta(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }

  private static Answer answer(Match match) {
    KnowledgeEntry entry = match.entry();
    return Answer.newBuilder()
        .setText(entry.answer())
        .setConfidence(match.confidence())
        .addCitations(Citation.newBuilder().setTitle(entry.question()).setSource(entry.source()))
        .build();
  }

  private static AnswerEvent ended(Final.Builder outcome) {
    return AnswerEvent.newBuilder().setFinal(outcome).build();
  }
}
