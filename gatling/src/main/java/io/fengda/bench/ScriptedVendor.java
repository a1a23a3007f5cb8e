package io.fengda.bench;

import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Vendors over gRPC that answer after a lognormal time. Arguments: {@code port:mean} for each, the
 * mean in milliseconds, or {@code port:hang} for one that never answers. They say always the same,
 * with {@code port:mean:dialogues} what was answered in the public dialogues. A process of its own.
 */
public final class ScriptedVendor {
  /** Of the logarithm: P95 is then twice and P99 nearly three times the mean. */
  private static final double SIGMA = 0.5;

  /** An answer's confidence is the time it took, as a part of this. */
  static final double MILLIS_OF_CONFIDENCE = 10_000;

  private static final AnswerEvent ANSWER = answer("推荐您去讲礼驴肉馆用餐，人均消费68元。");

  private ScriptedVendor() {}

  private static AnswerEvent answer(String text) {
    return AnswerEvent.newBuilder()
        .setFinal(
            Final.newBuilder().setAnswer(Answer.newBuilder().setText(text).setConfidence(0.9)))
        .build();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Processes.exitWithParent();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    List<Server> servers = new ArrayList<>();
    for (String arg : args) {
      String[] parts = arg.split(":", -1);
      double meanMillis = parts[1].equals("hang") ? Double.NaN : Double.parseDouble(parts[1]);
      servers.add(
          NettyServerBuilder.forAddress(
                  new InetSocketAddress("127.0.0.1", Integer.parseInt(parts[0])))
              .directExecutor()
              .addService(new Script(timer, meanMillis, parts.length > 2))
              .build()
              .start());
    }
    System.out.println("vendors ready");
    for (Server server : servers) {
      server.awaitTermination();
    }
  }

  private static final class Script extends NlpServiceGrpc.NlpServiceImplBase {
    private final ScheduledExecutorService timer;
    private final double meanMillis;
    private final boolean knowsDialogues;

    Script(ScheduledExecutorService timer, double meanMillis, boolean knowsDialogues) {
      this.timer = timer;
      this.meanMillis = meanMillis;
      this.knowsDialogues = knowsDialogues;
    }

    @Override
    public void answer(AnswerRequest request, StreamObserver<AnswerEvent> answer) {
      if (Double.isNaN(meanMillis)) {
        return;
      }
      double mu = Math.log(meanMillis) - SIGMA * SIGMA / 2;
      double millis = Math.exp(mu + SIGMA * ThreadLocalRandom.current().nextGaussian());
      AnswerEvent event = knowsDialogues ? known(request) : ANSWER;
      long startNanos = System.nanoTime();
      var unused =
          timer.schedule(
              () -> send(timed(event, System.nanoTime() - startNanos), answer),
              (long) (1_000 * millis),
              TimeUnit.MICROSECONDS);
    }

    private static AnswerEvent timed(AnswerEvent event, long tookNanos) {
      AnswerEvent.Builder timed = event.toBuilder();
      timed
          .getFinalBuilder()
          .getAnswerBuilder()
          .setConfidence(Math.min(1, tookNanos / 1e6 / MILLIS_OF_CONFIDENCE));
      return timed.build();
    }

    private static AnswerEvent known(AnswerRequest request) {
      String asked = request.getQuestions(request.getQuestionsCount() - 1);
      return Dialogues.answer(asked).map(ScriptedVendor::answer).orElse(ANSWER);
    }

    private static void send(AnswerEvent event, StreamObserver<AnswerEvent> answer) {
      try {
        answer.onNext(event);
        answer.onCompleted();
      } catch (RuntimeException e) {
        // The caller hung up.
      }
    }
  }
}
