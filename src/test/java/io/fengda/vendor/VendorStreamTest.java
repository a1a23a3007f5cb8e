package io.fengda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The stage of one call: whatever the vendor does, there is one result. */
class VendorStreamTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final Queue<ReplyKind> results = new ConcurrentLinkedQueue<>();
  private final AtomicInteger closed = new AtomicInteger();

  private record Call(
      TestPublisher.Probe<AnswerEvent> vendor, TestSubscriber.Probe<Input.FromWorker> worker) {
    ReplyKind result() {
      return ((Input.Result) worker.expectNext()).kind();
    }
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void passesOnAndEndsWithTheResult() {
    Call call = run(LONG, LONG, LONG);
    call.worker().request(5);

    call.vendor().sendNext(delta("a"));
    call.vendor().sendNext(answer("ab"));

    assertEquals("a", ((Input.Delta) call.worker().expectNext()).text());
    assertEquals(ReplyKind.ANSWER, call.result());
    call.worker().expectComplete();
    call.vendor().expectCancellation();
    assertEnded(ReplyKind.ANSWER);
  }

  @Test
  void aVendorThatSaysNothingInTimeIsLate() {
    Call call = run(SHORT, LONG, LONG);
    call.worker().request(1);

    assertEquals(ReplyKind.VENDOR_TIMEOUT, call.result());
    call.vendor().expectCancellation();
    assertEnded(ReplyKind.VENDOR_TIMEOUT);
  }

  @Test
  void aVendorThatFallsSilentIsLate() {
    Call call = run(LONG, SHORT, LONG);
    call.worker().request(2);

    call.vendor().sendNext(delta("a"));

    call.worker().expectNext();
    assertEquals(ReplyKind.VENDOR_TIMEOUT, call.result());
    assertEnded(ReplyKind.VENDOR_TIMEOUT);
  }

  @Test
  void aVendorThatGoesOnForEverIsLate() {
    Call call = run(LONG, LONG, SHORT);
    call.worker().request(100);

    call.vendor().sendNext(delta("a"));

    call.worker().expectNext();
    assertEquals(ReplyKind.VENDOR_TIMEOUT, call.result());
    assertEnded(ReplyKind.VENDOR_TIMEOUT);
  }

  @Test
  void aWorkerThatTakesNothingGetsTheResultWhenItDoes() {
    Call call = run(SHORT, SHORT, SHORT);
    call.worker().ensureSubscription();
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> results.size() == 1);

    call.vendor().sendError(Status.INTERNAL.asRuntimeException());
    call.worker().request(1);

    assertEquals(ReplyKind.VENDOR_TIMEOUT, call.result());
    call.worker().expectComplete();
    assertEnded(ReplyKind.VENDOR_TIMEOUT);
  }

  @Test
  void anEndWithoutAResultBreaksTheContract() {
    Call call = run(LONG, LONG, LONG);
    call.worker().request(2);

    call.vendor().sendNext(delta("a"));
    call.vendor().sendComplete();

    call.worker().expectNext();
    assertEquals(ReplyKind.VENDOR_INVALID, call.result());
    assertEnded(ReplyKind.VENDOR_INVALID);
  }

  @Test
  void aFailureIsAResult() {
    Call call = run(LONG, LONG, LONG);
    call.worker().request(1);

    call.vendor().sendError(Status.UNAVAILABLE.asRuntimeException());

    assertEquals(ReplyKind.VENDOR_UNAVAILABLE, call.result());
    assertEnded(ReplyKind.VENDOR_UNAVAILABLE);
  }

  @Test
  void aWorkerThatGoesAwayEndsTheCallWithoutAResult() {
    Call call = run(LONG, LONG, LONG);
    call.worker().request(1);

    call.worker().cancel();

    call.vendor().expectCancellation();
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> closed.get() == 1);
    assertTrue(results.isEmpty());
  }

  private Call run(Duration firstEvent, Duration silence, Duration total) {
    VendorStream.Listener listener =
        new VendorStream.Listener() {
          @Override
          public void ended(Input.Result result) {
            results.add(result.kind());
          }

          @Override
          public void closed() {
            closed.incrementAndGet();
          }
        };
    Pair<TestPublisher.Probe<AnswerEvent>, TestSubscriber.Probe<Input.FromWorker>> probes =
        TestSource.<AnswerEvent>create(KIT.system())
            .via(
                new VendorStream(
                    new AnswerSoFar(TestVendors.query(LONG), "vendor", new VendorCodec(1_000, 1)),
                    new VendorStream.Patience(firstEvent, silence, total),
                    listener))
            .toMat(TestSink.create(KIT.system()), Keep.both())
            .run(KIT.system());
    return new Call(probes.first(), probes.second());
  }

  private void assertEnded(ReplyKind kind) {
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> closed.get() == 1);
    assertEquals(List.of(kind), List.copyOf(results));
  }

  private static AnswerEvent delta(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }

  private static AnswerEvent answer(String text) {
    return AnswerEvent.newBuilder()
        .setFinal(Final.newBuilder().setAnswer(Answer.newBuilder().setText(text).setConfidence(1)))
        .build();
  }
}
