package io.fengda.answerer;

import akka.Done;
import akka.NotUsed;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.grpc.javadsl.ServiceHandler;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ServerSettings;
import akka.japi.function.Function;
import akka.stream.javadsl.Source;
import io.fengda.knowledge.InvalidKnowledgeException;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.proto.answerer.v1.ExplainService;
import io.fengda.proto.answerer.v1.ExplainServiceHandlerFactory;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import io.fengda.tls.TlsMaterial;
import io.fengda.tls.TlsSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.FiniteDuration;

/** The answerer on ports of its own: gRPC over HTTP/2, for workers only. */
public final class AnswererServer {
  /** How long a shutdown waits for streams that are being answered. */
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

  /** How long a worker may stay silent: longer than Akka's 60 s, lest a quiet hour costs calls. */
  private static final FiniteDuration IDLE_MAX = FiniteDuration.create(1, TimeUnit.HOURS);

  /**
   * The calls that a worker may cancel on a connection in 10 s. Akka's 400 guard a public port; a
   * worker that gives up late calls in a peak would lose its connection and all its other calls.
   */
  private static final int RESETS_MAX = 1_000_000;

  /** A search takes milliseconds, for which nothing else of the node is to wait. */
  private static final String SEARCHING = "fengda.background-dispatcher";

  private AnswererServer() {}

  /**
   * Loads the knowledge, on the caller's thread, then binds; coordinated shutdown unbinds in {@code
   * service-unbind} and lets streams end in {@code service-requests-done}. Akka HTTP may cut the
   * last stream of a connection at its very end; its worker tries again.
   *
   * <p>Tenants' language models answer on a port of their own, which is bound if there are any.
   *
   * <p>HTTP/2 is switched on for these bindings alone: it is off where customers connect.
   *
   * @return the answerer's own binding; fails with a {@link java.net.BindException} as cause if the
   *     port is in use
   * @throws IllegalArgumentException if certificate, key and authorities are no such files
   * @throws InvalidKnowledgeException if a knowledge file breaks its format
   */
  public static CompletionStage<ServerBinding> start(
      ActorSystem<?> system,
      AnswererSettings settings,
      LanguageModelSettings models,
      KnowledgeStore store) {
    LiveKnowledge knowledge =
        LiveKnowledge.start(settings.knowledgeDirectory(), settings.knowledgeCheck(), store);
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceStop(),
            "close-knowledge",
            () -> {
              knowledge.close();
              return CompletableFuture.completedStage(Done.getInstance());
            });
    Clock clock = Clock.systemUTC();
    CompletionStage<ServerBinding> answerer =
        bind(
            system,
            settings.host(),
            settings.port(),
            settings.tls(),
            ServiceHandler.concatOrNotFound(
                NlpServiceHandlerFactory.partial(
                    onOwnThreads(Answerer.of(knowledge, settings, clock)), NlpService.name, system),
                ExplainServiceHandlerFactory.partial(
                    onOwnThreads(new AnswerExplanations(knowledge, settings.threshold()), system),
                    ExplainService.name,
                    system)));
    if (models.models().isEmpty()) {
      return answerer;
    }
    NlpService service = LanguageModelAnswerer.of(knowledge, models, settings.threshold(), clock);
    return answerer.thenCompose(
        first ->
            bind(
                    system,
                    models.host(),
                    models.port(),
                    settings.tls(),
                    NlpServiceHandlerFactory.create(onOwnThreads(service), system))
                .thenApply(second -> first));
  }

  private static NlpService onOwnThreads(NlpService searching) {
    return request ->
        Source.lazySource(() -> searching.answer(request))
            .mapMaterializedValue(started -> NotUsed.getInstance())
            .async(SEARCHING);
  }

  private static ExplainService onOwnThreads(ExplainService searching, ActorSystem<?> system) {
    Executor threads = system.dispatchers().lookup(DispatcherSelector.fromConfig(SEARCHING));
    return request ->
        CompletableFuture.supplyAsync(() -> searching.explain(request), threads)
            .thenCompose(explained -> explained);
  }

  static CompletionStage<ServerBinding> bind(
      ActorSystem<?> system,
      String host,
      int port,
      TlsSettings tls,
      Function<HttpRequest, CompletionStage<HttpResponse>> services) {
    return TlsMaterial.secured(system, Http.get(system).newServerAt(host, port), tls)
        .adaptSettings(AnswererServer::forWorkers)
        .bind(services)
        .thenApply(binding -> binding.addToCoordinatedShutdown(DRAIN_MAX, system));
  }

  private static ServerSettings forWorkers(ServerSettings settings) {
    return settings
        .withHttp2Enabled(true)
        .withHttp2Settings(settings.getHttp2Settings().withMaxResets(RESETS_MAX))
        .withTimeouts(settings.getTimeouts().withIdleTimeout(IDLE_MAX));
  }
}
