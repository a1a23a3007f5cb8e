package io.fengda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.grpc.GrpcServiceException;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.fengda.FreePorts;
import io.fengda.VendorServer;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import io.fengda.telemetry.Metrics;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantSettings;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Vendors that fail, over real gRPC: what a turn still gets, and what the vendor is spared. */
@Timeout(60)
class VendorFailureTest {
  private static final Duration DEADLINE = Duration.ofMillis(1_200);
  private static final Duration OPEN_FOR = Duration.ofMillis(1_500);
  private static ActorSystem<Void> system;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<VendorServer> servers = new ArrayList<>();
  private final AtomicInteger called = new AtomicInteger();
  private int first;
  private int second;

  @BeforeAll
  static void start() {
    system =
        ActorSystem.create(
            Behaviors.empty(),
            "worker",
            ConfigFactory.parseString("akka.loglevel = WARNING")
                .withFallback(ConfigFactory.load("nlp")));
  }

  @AfterAll
  static void stop() {
    system.terminate();
  }

  @BeforeEach
  void ports() {
    List<Integer> ports = FreePorts.of(2);
    first = ports.get(0);
    second = ports.get(1);
  }

  @AfterEach
  void close() {
    servers.forEach(VendorServer::close);
  }

  @Test
  void aVendorThatIsDownIsReplacedWithinTheTurn() {
    serve(second, tries -> answer("from the second"));
    VendorCalls calls = calls(2, "");

    Input.Result result = result(calls);

    assertEquals(ReplyKind.ANSWER, result.kind());
    assertEquals("second", result.vendor());
  }

  @Test
  void aVendorThatHangsIsReplacedWithinTheTurnAndSparedAfterFiveFailures() {
    serve(first, tries -> hang());
    serve(second, tries -> answer("from the second"));
    VendorCalls calls = calls(2, "");

    for (int turn = 0; turn < 5; turn++) {
      assertEquals(ReplyKind.ANSWER, result(calls).kind());
    }
    Instant start = Instant.now();
    Input.Result sixth = result(calls);

    assertEquals("second", sixth.vendor());
    assertTrue(since(start).toMillis() < 300, since(start).toString());
    assertEquals(1, isOpen("first"));
    assertEquals(1, counted("first", "BREAKER_OPEN"));
  }

  @Test
  void nobodyWaitsBeyondTheDeadline() {
    serve(first, tries -> hang());
    VendorCalls calls = calls(1, "");

    Instant start = Instant.now();
    Input.Result result = result(calls);

    assertEquals(ReplyKind.VENDOR_TIMEOUT, result.kind());
    assertTrue(since(start).compareTo(DEADLINE.plusMillis(300)) < 0, since(start).toString());
  }

  @Test
  void aVendorThatRefusesConnectionsIsHardlyCalledAndItsFallbackComesAtOnce() {
    VendorCalls calls = calls(1, "");
    Instant start = Instant.now();
    while (isOpen("first") == 0) {
      assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
    }
    assertTrue(since(start).toMillis() < 1_000, since(start).toString());

    List<Long> millis = new ArrayList<>();
    for (int turn = 0; turn < 20; turn++) {
      Instant asked = Instant.now();
      assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
      millis.add(since(asked).toMillis());
    }

    assertEquals(5, counted("first", "VENDOR_UNAVAILABLE"));
    assertTrue(millis.stream().allMatch(each -> each < 100), millis.toString());
  }

  @Test
  void aVendorThatComesBackIsFoundByTheFirstProbe() {
    VendorCalls calls = calls(1, "");
    while (isOpen("first") == 0) {
      var unused = result(calls);
    }
    // gRPC would wait longer and longer between its own tries to connect.
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () ->
                result(calls).kind() == ReplyKind.VENDOR_UNAVAILABLE
                    && counted("first", "VENDOR_UNAVAILABLE") >= 9);
    serve(first, tries -> answer("back"));

    Awaitility.await()
        .atMost(OPEN_FOR.plusMillis(700))
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .until(() -> result(calls).kind() == ReplyKind.ANSWER);

    assertEquals(0, isOpen("first"));
  }

  @Test
  void aVendorThatIsAwayForAMomentIsAskedAgain() {
    serve(first, tries -> tries == 1 ? unavailable() : answer("at the second try"));
    VendorCalls calls = calls(1, "");

    assertEquals("at the second try", result(calls).text());
    assertEquals(2, called.get());
  }

  @Test
  void aVendorIsTriedThreeTimesAtMost() {
    serve(first, tries -> unavailable());
    VendorCalls calls = calls(1, "");

    assertEquals(ReplyKind.VENDOR_UNAVAILABLE, result(calls).kind());
    assertEquals(3, called.get());
  }

  @Test
  void anErrorIsNotRepeatedAtTheSameVendor() {
    serve(first, tries -> Source.failed(new IllegalStateException("scripted")));
    serve(second, tries -> answer("from the second"));
    VendorCalls calls = calls(2, "");

    assertEquals("second", result(calls).vendor());
    assertEquals(2, called.get());
  }

  @Test
  void whatABrokenAnswerHasSaidIsReplacedByTheNextVendorsResult() {
    serve(first, tries -> brokenOff("half of an ans"));
    serve(second, tries -> Source.single(delta("the wh")).concat(answer("the whole answer")));
    VendorCalls calls = calls(2, "");

    List<Input.FromWorker> all = all(calls.call(query(DEADLINE)));

    assertEquals(2, all.size());
    assertEquals("half of an ans", ((Input.Delta) all.getFirst()).text());
    assertEquals("the whole answer", ((Input.Result) all.getLast()).text());
    assertEquals(2, called.get());
  }

  @Test
  void whatDoesNotFitAtOneVendorGoesToTheNext() {
    serve(first, tries -> hang());
    serve(second, tries -> answer("from the second"));
    VendorCalls calls = calls(2, "calls-max = 1");
    var unused = result(calls);
    called.set(0);
    UniqueKillSwitch open = run(calls);
    Awaitility.await().until(() -> called.get() == 1);

    Instant start = Instant.now();
    assertEquals("second", result(calls).vendor());

    assertTrue(since(start).toMillis() < 300, since(start).toString());
    assertEquals(1, counted("first", "BULKHEAD_FULL"));
    open.shutdown();
  }

  @Test
  void aCallThatIsCancelledGivesItsPlaceBackAndIsNoFailure() {
    serve(first, tries -> tries <= 10 ? hang() : answer("at last"));
    VendorCalls calls = calls(1, "calls-max = 1");
    for (int turn = 1; turn <= 10; turn++) {
      int expected = turn;
      UniqueKillSwitch open = run(calls);
      Awaitility.await().until(() -> called.get() == expected);
      open.shutdown();
      Awaitility.await().until(() -> gauge("fengda.vendor.calls.open", "first") == 0);
    }

    assertEquals("at last", result(calls).text());
    assertEquals(0, counted("first", "BULKHEAD_FULL"));
  }

  @Test
  void aVendorIsNotToBlameForAQueryThatCameTooLate() {
    serve(first, tries -> tries <= 10 ? hang() : answer("in time"));
    VendorCalls calls = calls(1, "");
    for (int turn = 0; turn < 10; turn++) {
      var unused = all(calls.call(query(Duration.ofMillis(60))));
    }

    assertEquals(0, isOpen("first"));
  }

  @Test
  void aVendorThatStallsInTheMiddleIsReplacedWithinTheTurn() {
    serve(first, tries -> Source.single(delta("half of an ans")).concat(Source.maybe()));
    serve(second, tries -> answer("the whole answer"));
    VendorCalls calls = calls(2, "");

    assertEquals("the whole answer", result(calls).text());
  }

  @Test
  void aVendorThatIsLateWithItsFirstTokenIsToBlame() {
    serve(first, tries -> hang());
    VendorCalls calls = calls(1, "first-token = 100ms");
    for (int turn = 0; turn < 5; turn++) {
      assertEquals(ReplyKind.VENDOR_TIMEOUT, result(calls).kind());
    }

    assertEquals(1, isOpen("first"));
  }

  @Test
  void aSuccessInBetweenKeepsTheBreakerClosed() {
    serve(
        first,
        tries ->
            tries % 5 == 0 ? answer("now and then") : Source.failed(new Exception("scripted")));
    VendorCalls calls = calls(1, "");
    for (int turn = 0; turn < 20; turn++) {
      var unused = result(calls);
    }

    assertEquals(20, called.get());
    assertEquals(0, isOpen("first"));
  }

  @Test
  void aVendorMayHaveATimeForItsFirstToken() {
    serve(first, tries -> hang());
    serve(second, tries -> answer("from the second"));
    VendorCalls calls = calls(2, "first-token = 100ms");
    var unused = result(calls);

    Instant start = Instant.now();
    assertEquals("second", result(calls).vendor());

    assertTrue(since(start).toMillis() < 450, since(start).toString());
  }

  private VendorCalls calls(int vendors, String ofTheFirst) {
    Config config =
        ConfigFactory.parseString(
                """
                fengda.vendor.guard.open-for = %d ms
                fengda.tenants.bank {
                  token-secret = "bank-token-secret-of-32-bytes-or-more---"
                  secret-keys = [], publishable-keys = [], deadline = %d ms
                  vendors = [
                    { name = first, host = "127.0.0.1", port = %d, tls = false, %s }
                    { name = second, host = "127.0.0.1", port = %d, tls = false }
                  ]
                }
                """
                    .formatted(OPEN_FOR.toMillis(), DEADLINE.toMillis(), first, ofTheFirst, second))
            .withFallback(ConfigFactory.parseResourcesAnySyntax("tenants"))
            .withFallback(ConfigFactory.parseResourcesAnySyntax("nlp"))
            .resolve();
    Config chosen =
        vendors == 2
            ? config
            : config.withValue(
                "fengda.tenants.bank.vendors",
                ConfigValueFactory.fromIterable(
                    config.getList("fengda.tenants.bank.vendors").unwrapped().subList(0, 1)));
    return VendorCalls.create(
        system, VendorSettings.from(chosen), TenantSettings.from(chosen), new Metrics(meters));
  }

  /** A vendor whose answer depends on how often any of them was called. */
  private void serve(int port, IntFunction<Source<AnswerEvent, NotUsed>> script) {
    servers.add(
        VendorServer.start(
            port,
            vendor ->
                NlpServiceHandlerFactory.create(
                    request -> script.apply(called.incrementAndGet()), vendor)));
  }

  private static Query query(Duration deadline) {
    return new Query(
        ConversationId.of("bank", "li.ming", "main"),
        new AttemptId(UUID.randomUUID().toString()),
        List.of(new Query.Question(1, "怎么退款？")),
        List.of(),
        Language.ZH,
        Instant.now().plus(deadline),
        "");
  }

  private static Input.Result result(VendorCalls calls) {
    return (Input.Result) all(calls.call(query(DEADLINE))).getLast();
  }

  private static List<Input.FromWorker> all(Source<Input.FromWorker, NotUsed> source) {
    return source.runWith(Sink.seq(), system).toCompletableFuture().join();
  }

  /** A call that stays open until it is cut off. */
  private static UniqueKillSwitch run(VendorCalls calls) {
    return calls
        .call(query(Duration.ofSeconds(30)))
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Sink.ignore())
        .run(system);
  }

  private double isOpen(String vendor) {
    return gauge("fengda.vendor.breaker.open", vendor);
  }

  private double gauge(String name, String vendor) {
    var gauge = meters.find(name).tag("vendor", vendor).gauge();
    return gauge == null ? 0 : gauge.value();
  }

  private double counted(String vendor, String outcome) {
    return meters
        .counter("fengda.vendor.calls", "tenant", "bank", "vendor", vendor, "outcome", outcome)
        .count();
  }

  private static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  private static Source<AnswerEvent, NotUsed> hang() {
    return Source.<AnswerEvent>maybe().mapMaterializedValue(never -> NotUsed.getInstance());
  }

  private static Source<AnswerEvent, NotUsed> unavailable() {
    return Source.failed(new GrpcServiceException(Status.UNAVAILABLE));
  }

  private static Source<AnswerEvent, NotUsed> answer(String text) {
    return Source.single(
        AnswerEvent.newBuilder()
            .setFinal(
                Final.newBuilder().setAnswer(Answer.newBuilder().setText(text).setConfidence(0.9)))
            .build());
  }

  private static Source<AnswerEvent, NotUsed> brokenOff(String text) {
    return Source.range(1, 2)
        .map(
            event -> {
              if (event == 2) {
                throw new GrpcServiceException(Status.UNAVAILABLE);
              }
              return delta(text);
            });
  }

  private static AnswerEvent delta(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }
}
