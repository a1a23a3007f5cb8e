package io.fengda.vendor;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.stream.javadsl.Source;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import io.fengda.tenant.VendorEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The vendor of the reserved tenant, in the worker's own process and on a loopback port that the
 * system chooses: it answers with the question, in two pieces, so that what is tried before a node
 * is ready goes the whole way.
 */
public final class EchoVendor implements NlpService {
  private static final String HOST = "127.0.0.1";
  private static final Duration DRAIN_MAX = Duration.ofSeconds(1);

  private EchoVendor() {}

  /** Binds it until the system shuts down. */
  public static CompletionStage<VendorEndpoint> start(ActorSystem<?> system) {
    return Http.get(system)
        .newServerAt(HOST, 0)
        .adaptSettings(settings -> settings.withHttp2Enabled(true))
        .bind(NlpServiceHandlerFactory.create(new EchoVendor(), system))
        .thenApply(binding -> binding.addToCoordinatedShutdown(DRAIN_MAX, system))
        .thenApply(
            binding ->
                new VendorEndpoint(
                    "echo",
                    HOST,
                    binding.localAddress().getPort(),
                    false,
                    VendorEndpoint.CALLS_MAX,
                    null));
  }

  @Override
  public Source<AnswerEvent, NotUsed> answer(AnswerRequest request) {
    String text = String.join("\n", request.getQuestionsList());
    int half = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
    return Source.from(
        List.of(
            delta(text.substring(0, half)),
            delta(text.substring(half)),
            AnswerEvent.newBuilder()
                .setFinal(
                    Final.newBuilder()
                        .setAnswer(Answer.newBuilder().setText(text).setConfidence(1)))
                .build()));
  }

  private static AnswerEvent delta(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }
}
