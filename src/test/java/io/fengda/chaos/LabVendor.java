package io.fengda.chaos;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import io.fengda.VendorServer;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A vendor over real gRPC whose answers repeat the question, a third of them in pieces; its latency
 * is lognormal with a mean of 50 ms. It can be told to hang, or to answer slowly.
 */
final class LabVendor implements AutoCloseable {
  private static final double SIGMA = 0.5;
  private static final double MU = Math.log(50) - SIGMA * SIGMA / 2;
  private static final int PIECES = 4;

  private final VendorServer server;
  private final Random random;
  private final AtomicInteger cutOff = new AtomicInteger();
  private volatile boolean hangs;
  private volatile Duration slowness = Duration.ZERO;

  private LabVendor(int port, Random random) {
    this.random = random;
    NlpService service = this::answer;
    server = VendorServer.start(port, system -> NlpServiceHandlerFactory.create(service, system));
  }

  static LabVendor start(int port, Random random) {
    return new LabVendor(port, random);
  }

  /** Calls that come from now on are never answered, or are again. */
  void hang(boolean on) {
    hangs = on;
  }

  /** Every answer comes in pieces that take so much longer. */
  void slowBy(Duration duration) {
    slowness = duration;
  }

  /** How many answers were cut off by the caller before they ended. */
  int cutOff() {
    return cutOff.get();
  }

  @Override
  public void close() {
    server.close();
  }

  private Source<AnswerEvent, NotUsed> answer(AnswerRequest request) {
    if (hangs) {
      return Source.<AnswerEvent>maybe().mapMaterializedValue(never -> NotUsed.getInstance());
    }
    String text = Checker.ANSWER_PREFIX + request.getQuestions(request.getQuestionsCount() - 1);
    Duration latency = latency().plus(slowness);
    boolean inPieces = !slowness.isZero() || random.nextInt(3) == 0;
    return counted(
        inPieces
            ? inPieces(text, latency.dividedBy(PIECES))
            : Source.single(last(text)).initialDelay(latency));
  }

  private Duration latency() {
    return Duration.ofNanos((long) (1e6 * Math.exp(MU + SIGMA * random.nextGaussian())));
  }

  /** A caller who dies may cancel as if it had heard enough: only the last event tells. */
  private Source<AnswerEvent, NotUsed> counted(Source<AnswerEvent, NotUsed> events) {
    AtomicBoolean last = new AtomicBoolean();
    return events
        .map(
            event -> {
              last.set(event.hasFinal());
              return event;
            })
        .watchTermination(
            (materialized, done) -> {
              var unused =
                  done.whenComplete(
                      (ended, failure) -> {
                        if (!last.get()) {
                          cutOff.incrementAndGet();
                        }
                      });
              return materialized;
            });
  }

  private static Source<AnswerEvent, NotUsed> inPieces(String text, Duration pause) {
    int middle = text.length() / 2;
    return Source.from(
            List.of(piece(text.substring(0, middle)), piece(text.substring(middle)), last(text)))
        .throttle(1, pause.plusMillis(1))
        .initialDelay(pause);
  }

  private static AnswerEvent piece(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }

  private static AnswerEvent last(String text) {
    return AnswerEvent.newBuilder()
        .setFinal(
            Final.newBuilder().setAnswer(Answer.newBuilder().setText(text).setConfidence(0.9)))
        .build();
  }
}
