package io.fengda.answerer;

import akka.grpc.GrpcServiceException;
import io.fengda.answerer.TenantKnowledge.Found;
import io.fengda.proto.answerer.v1.Candidate;
import io.fengda.proto.answerer.v1.ExplainRequest;
import io.fengda.proto.answerer.v1.ExplainResponse;
import io.fengda.proto.answerer.v1.ExplainService;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says what {@link Answerer} would find, as people see who look after the knowledge. */
final class AnswerExplanations implements ExplainService {
  private static final int CANDIDATES_MAX = 5;
  private static final int QUESTION_BYTES_MAX = 8 * 1024;

  private final Knowledge knowledge;
  private final double wordsThreshold;

  AnswerExplanations(Knowledge knowledge, double wordsThreshold) {
    this.knowledge = knowledge;
    this.wordsThreshold = wordsThreshold;
  }

  @Override
  public CompletionStage<ExplainResponse> explain(ExplainRequest request) {
    if (!TenantId.isValid(request.getTenantId())
        || request.getQuestion().isBlank()
        || request.getQuestion().getBytes(StandardCharsets.UTF_8).length > QUESTION_BYTES_MAX) {
      return refused(Status.INVALID_ARGUMENT.withDescription("tenant_id or question"));
    }
    Optional<TenantKnowledge> known = knowledge.tenant(TenantId.of(request.getTenantId()));
    if (known.isEmpty()) {
      return refused(Status.NOT_FOUND.withDescription("no knowledge of the tenant"));
    }
    Language language = Language.ofTag(request.getLanguage());
    Found found = known.get().find(language, request.getQuestion(), wordsThreshold);
    ExplainResponse.Builder response =
        ExplainResponse.newBuilder()
            .setThreshold(found.threshold())
            .setByMeaning(known.get().isByMeaning(language));
    found.matches().stream()
        .limit(CANDIDATES_MAX)
        .forEach(
            match ->
                response.addCandidates(
                    Candidate.newBuilder()
                        .setId(match.entry().id())
                        .setQuestion(match.entry().question())
                        .setConfidence(match.confidence())));
    return CompletableFuture.completedStage(response.build());
  }

  private static CompletionStage<ExplainResponse> refused(Status status) {
    return CompletableFuture.failedStage(new GrpcServiceException(status));
  }
}
