package io.fengda;

import akka.NotUsed;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.HandOver;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.proto.nlp.v1.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A vendor, over real gRPC, that does what the question says: {@code verb} or {@code verb
 * argument}.
 */
public final class ScriptedVendor implements AutoCloseable {
  private static final int DROPS = 100;

  private final VendorServer server;
  private final Queue<AnswerRequest> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> traces = new ConcurrentLinkedQueue<>();
  private final AtomicInteger cancelled = new AtomicInteger();

  private ScriptedVendor(int port, UnaryOperator<ServerBuilder> kind) {
    server =
        VendorServer.start(
            port,
            system -> {
              akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>> script =
                  NlpServiceHandlerFactory.create(new Script(), system);
              return request -> traced(request, script);
            },
            kind);
  }

  public static ScriptedVendor start(int port) {
    return new ScriptedVendor(port, server -> server);
  }

  static ScriptedVendor start(int port, UnaryOperator<ServerBuilder> kind) {
    return new ScriptedVendor(port, kind);
  }

  private CompletionStage<HttpResponse> traced(
      HttpRequest request,
      akka.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>> script) {
    request.getHeader("traceparent").ifPresent(header -> traces.add(header.value()));
    try {
      return script.apply(request);
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** The W3C trace of every call so far. */
  public List<String> traces() {
    return List.copyOf(traces);
  }

  /** What was asked so far, oldest first. */
  public List<AnswerRequest> requests() {
    return List.copyOf(requests);
  }

  public List<AnswerRequest> requestsAsking(String question) {
    return requests.stream()
        .filter(request -> request.getQuestionsList().contains(question))
        .toList();
  }

  /** How many answers were cut off before they ended. */
  public int cancelled() {
    return cancelled.get();
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Script implements NlpService {
    @Override
    public Source<AnswerEvent, NotUsed> answer(AnswerRequest request) {
      requests.add(request);
      String question = request.getQuestions(request.getQuestionsCount() - 1);
      String[] words = question.split(" ", 2);
      String argument = words.length > 1 ? words[1] : "";
      return switch (words[0]) {
        case "stream" -> stream(argument, Duration.ofMillis(60));
        case "slow" -> Source.single(answer(argument)).initialDelay(Duration.ofMillis(400));
        case "hang" -> Source.<AnswerEvent>maybe().mapMaterializedValue(m -> NotUsed.getInstance());
        case "drip" -> drip();
        case "unknown" -> Source.single(last(f -> f.setNoAnswer(NoAnswer.getDefaultInstance())));
        case "suggest" ->
            Source.single(last(f -> f.setNoAnswer(NoAnswer.newBuilder().setText(argument))));
        case "human" -> Source.single(last(f -> f.setHandOver(HandOver.getDefaultInstance())));
        case "refuse" -> Source.single(last(f -> f.setRefused(Refused.getDefaultInstance())));
        case "fail" -> Source.failed(new IllegalStateException("scripted"));
        case "nothing" -> Source.empty();
        case "huge" -> Source.single(answer("x".repeat(40_000)));
        case "half" ->
            Source.single(delta("half of an ans"))
                .concat(Source.failed(new IllegalStateException("scripted")));
        default -> Source.single(answer("echo: " + question));
      };
    }

    private Source<AnswerEvent, NotUsed> drip() {
      AtomicInteger drops = new AtomicInteger();
      return Source.range(1, DROPS)
          .map(i -> delta("drop " + drops.incrementAndGet() + " "))
          .throttle(1, Duration.ofMillis(50))
          .watchTermination(
              (materialized, done) -> {
                var unused =
                    done.whenComplete(
                        (ended, failure) -> {
                          if (drops.get() < DROPS) {
                            cancelled.incrementAndGet();
                          }
                        });
                return NotUsed.getInstance();
              });
    }

    private static Source<AnswerEvent, NotUsed> stream(String text, Duration pause) {
      return Source.from(List.of(text.split("(?<= )")))
          .map(Script::delta)
          .throttle(1, pause)
          .concat(Source.single(answer(text)));
    }

    private static AnswerEvent delta(String text) {
      return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
    }

    private static AnswerEvent answer(String text) {
      return last(
          f ->
              f.setAnswer(
                  Answer.newBuilder()
                      .setText(text)
                      .setConfidence(0.9)
                      .addCitations(
                          Citation.newBuilder().setTitle("Script").setSource("script/1"))));
    }

    private static AnswerEvent last(Function<Final.Builder, Final.Builder> outcome) {
      return AnswerEvent.newBuilder().setFinal(outcome.apply(Final.newBuilder())).build();
    }
  }
}
