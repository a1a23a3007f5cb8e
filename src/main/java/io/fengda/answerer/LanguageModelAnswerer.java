package io.fengda.answerer;

import akka.NotUsed;
import akka.grpc.GrpcServiceException;
import akka.stream.javadsl.Source;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Has a language model answer from the passages of the tenant's knowledge that come near the
 * question. Where none does, the model is not asked, and there is no answer.
 *
 * <p>Refuses as {@link Answerer} does, and a tenant without a model with {@code NOT_FOUND}.
 */
public final class LanguageModelAnswerer implements NlpService {
  /** Pieces that may wait for a worker that is slow to read. */
  private static final int EVENTS_MAX = 1_024;

  private final Knowledge knowledge;
  private final LanguageModelSettings settings;
  private final double wordsThreshold;
  private final Clock clock;
  private final Map<TenantId, Asking> models;

  /** Asks a model; does not wait for it. */
  private interface Asking extends BiConsumer<List<ChatMessage>, StreamingChatResponseHandler> {}

  private LanguageModelAnswerer(
      Knowledge knowledge, LanguageModelSettings settings, double wordsThreshold, Clock clock) {
    this.knowledge = knowledge;
    this.settings = settings;
    this.wordsThreshold = wordsThreshold;
    this.clock = clock;
    this.models =
        settings.models().entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, model -> asking(model.getValue())));
  }

  /**
   * Answers for the tenants that have a model.
   *
   * @param wordsThreshold see {@link AnswererSettings#threshold}
   */
  public static LanguageModelAnswerer of(
      Knowledge knowledge, LanguageModelSettings settings, double wordsThreshold, Clock clock) {
    return new LanguageModelAnswerer(knowledge, settings, wordsThreshold, clock);
  }

  private Asking asking(LanguageModelSettings.Model model) {
    if (model.stream()) {
      StreamingChatModel streaming =
          OpenAiStreamingChatModel.builder()
              .httpClientBuilder(http())
              .baseUrl(model.baseUrl().toString())
              .apiKey(model.apiKey())
              .modelName(model.model())
              .maxTokens(settings.tokensMax())
              .timeout(settings.timeout())
              .build();
      return streaming::chat;
    }
    ChatModel whole =
        OpenAiChatModel.builder()
            .httpClientBuilder(http())
            .baseUrl(model.baseUrl().toString())
            .apiKey(model.apiKey())
            .modelName(model.model())
            .maxTokens(settings.tokensMax())
            .timeout(settings.timeout())
            // The worker tries again, within the deadline and its budget.
            .maxRetries(0)
            .build();
    return (messages, handler) -> {
      var unused =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      handler.onCompleteResponse(whole.chat(messages));
                    } catch (RuntimeException e) {
                      handler.onError(e);
                    }
                  });
    };
  }

  /** Without the upgrade to HTTP/2 that many model servers stumble over. */
  private HttpClientBuilder http() {
    return JdkHttpClient.builder()
        .httpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))
        .connectTimeout(settings.timeout())
        .readTimeout(settings.timeout());
  }

  @Override
  public Source<AnswerEvent, NotUsed> answer(AnswerRequest request) {
    Optional<Status> refusal = AnswerRequests.refusal(request, clock);
    if (refusal.isPresent()) {
      return Source.failed(new GrpcServiceException(refusal.get()));
    }
    TenantId tenant = TenantId.of(request.getTenantId());
    if (!models.containsKey(tenant)) {
      return Source.failed(
          new GrpcServiceException(
              Status.NOT_FOUND.withDescription("no model of the tenant: fengda.openai.tenants")));
    }
    Language language = Language.ofTag(request.getLanguage());
    List<Match> passages = passages(tenant, language, request);
    return passages.isEmpty()
        ? Source.single(
            AnswerEvent.newBuilder()
                .setFinal(Final.newBuilder().setNoAnswer(NoAnswer.getDefaultInstance()))
                .build())
        : ask(tenant, language, passages, request);
  }

  /** What comes near the questions together, or else to any other reading of them. */
  private List<Match> passages(TenantId tenant, Language language, AnswerRequest request) {
    return knowledge.tenant(tenant).stream()
        .flatMap(
            known ->
                AnswerRequests.readings(request).stream()
                    .map(
                        question ->
                            known
                                .find(language, question, wordsThreshold)
                                .near(settings.passagesMax())))
        .filter(near -> !near.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private Source<AnswerEvent, NotUsed> ask(
      TenantId tenant, Language language, List<Match> passages, AnswerRequest request) {
    String prompt = Objects.requireNonNull(settings.models().get(tenant)).prompt();
    List<ChatMessage> messages =
        ModelPrompt.of(prompt, language, passages.stream().map(Match::entry).toList(), request);
    return Source.<AnswerEvent>queue(EVENTS_MAX)
        .mapMaterializedValue(
            events -> {
              ModelAnswer answer = new ModelAnswer(passages, events);
              Objects.requireNonNull(models.get(tenant)).accept(messages, answer);
              return answer;
            })
        .watchTermination(
            (answer, done) -> {
              var unused = done.whenComplete((ended, failure) -> answer.cancel());
              return NotUsed.getInstance();
            })
        // The client's own timeout ends with the response's headers.
        .idleTimeout(settings.timeout())
        .mapError(
            TimeoutException.class,
            silent ->
                new GrpcServiceException(
                    Status.DEADLINE_EXCEEDED.withDescription("the model is silent")));
  }
}
