package io.fengda.answerer;

import akka.NotUsed;
import akka.grpc.GrpcServiceException;
import akka.stream.javadsl.Source;
import io.fengda.answerer.TenantKnowledge.Found;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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
  private static final int SUGGESTIONS_MAX = 3;

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
    Optional<Status> refusal = AnswerRequests.refusal(request, clock);
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
    return knowledge
        .tenant(TenantId.of(request.getTenantId()))
        .map(known -> answer(known, request))
        .orElseGet(() -> refused(Status.NOT_FOUND.withDescription("no knowledge of the tenant")));
  }

  private static Source<AnswerEvent, NotUsed> refused(Status status) {
    return Source.failed(new GrpcServiceException(status));
  }

  private Source<AnswerEvent, NotUsed> answer(TenantKnowledge known, AnswerRequest request) {
    Language language = Language.ofTag(request.getLanguage());
    List<Match> near = null;
    for (String question : AnswerRequests.readings(request)) {
      Found found = known.find(language, question, settings.threshold());
      boolean isFollowUp = !request.getQuestionsList().contains(question) && near != null;
      Optional<Match> answer = found.answer().filter(match -> !isFollowUp || isNew(match, request));
      if (answer.isPresent()) {
        return answered(answer.get());
      }
      near = near == null ? found.near(SUGGESTIONS_MAX) : near;
    }
    return Source.single(near == null || near.isEmpty() ? NO_ANSWER : suggested(language, near));
  }

  /** What was just said is no answer to a follow-up. */
  private static boolean isNew(Match match, AnswerRequest request) {
    return match.confidence() == 1
        || !AnswerRequests.before(request, Role.ROLE_BOT)
            .filter(said -> said.equals(match.entry().answer()))
            .isPresent();
  }

  private static AnswerEvent suggested(Language language, List<Match> near) {
    String opening =
        switch (language) {
          case ZH -> "您是不是想问：";
          case EN -> "Did you mean:";
        };
    String text =
        near.stream()
            .map(match -> match.entry().question())
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
