package io.fengda.vendor;

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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Up to two vendors of a tenant, over real gRPC, that answer as a test says; the calls to them. */
final class TestVendors implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofMillis(1_200);
  static final Duration OPEN_FOR = Duration.ofMillis(1_500);
  private static final ActorSystem<Void> SYSTEM =
      ActorSystem.create(
          Behaviors.empty(),
          "worker",
          ConfigFactory.parseString("akka.loglevel = WARNING")
              .withFallback(ConfigFactory.load("nlp")));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<VendorServer> servers = new ArrayList<>();
  private final AtomicInteger called = new AtomicInteger();
  private final int first;
  private final int second;

  private TestVendors(int first, int second) {
    this.first = first;
    this.second = second;
  }

  /** Nobody listens yet. */
  static TestVendors create() {
    List<Integer> ports = FreePorts.of(2);
    return new TestVendors(ports.get(0), ports.get(1));
  }

  /** The port of the tenant's first vendor. */
  int first() {
    return first;
  }

  int second() {
    return second;
  }

  /** How often any of them was called. */
  AtomicInteger called() {
    return called;
  }

  @Override
  public void close() {
    servers.forEach(VendorServer::close);
  }

  VendorCalls calls(int vendors, String ofTheFirst) {
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
            .withFallback(ConfigFactory.parseResourcesAnySyntax("tls"))
            .resolve();
    Config chosen =
        vendors == 2
            ? config
            : config.withValue(
                "fengda.tenants.bank.vendors",
                ConfigValueFactory.fromIterable(
                    config.getList("fengda.tenants.bank.vendors").unwrapped().subList(0, 1)));
    return VendorCalls.create(
        SYSTEM, VendorSettings.from(chosen), TenantSettings.from(chosen), new Metrics(meters));
  }

  /** A vendor whose answer depends on how often any of them was called. */
  void serve(int port, IntFunction<Source<AnswerEvent, NotUsed>> script) {
    servers.add(
        VendorServer.start(
            port,
            vendor ->
                NlpServiceHandlerFactory.create(
                    request -> script.apply(called.incrementAndGet()), vendor)));
  }

  static Query query(Duration deadline) {
    return new Query(
        ConversationId.of("bank", "li.ming", "main"),
        new AttemptId(UUID.randomUUID().toString()),
        List.of(new Query.Question(1, "怎么退款？")),
        List.of(),
        Language.ZH,
        Instant.now().plus(deadline),
        "");
  }

  static Input.Result result(VendorCalls calls) {
    return (Input.Result)
        all(calls.call(query(DEADLINE), WorkLog.begin(Clock.systemUTC()))).getLast();
  }

  static List<Input.FromWorker> all(Source<Input.FromWorker, NotUsed> source) {
    return source.runWith(Sink.seq(), SYSTEM).toCompletableFuture().join();
  }

  /** A call that stays open until it is cut off. */
  static UniqueKillSwitch run(VendorCalls calls) {
    return calls
        .call(query(Duration.ofSeconds(30)), WorkLog.begin(Clock.systemUTC()))
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Sink.ignore())
        .run(SYSTEM);
  }

  double isOpen(String vendor) {
    return gauge("fengda.vendor.breaker.open", vendor);
  }

  double gauge(String name, String vendor) {
    var gauge = meters.find(name).tag("vendor", vendor).gauge();
    return gauge == null ? 0 : gauge.value();
  }

  double counted(String vendor, String outcome) {
    return meters
        .counter("fengda.vendor.calls", "tenant", "bank", "vendor", vendor, "outcome", outcome)
        .count();
  }

  static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  static Source<AnswerEvent, NotUsed> hang() {
    return Source.<AnswerEvent>maybe().mapMaterializedValue(never -> NotUsed.getInstance());
  }

  static Source<AnswerEvent, NotUsed> unavailable() {
    return Source.failed(new GrpcServiceException(Status.UNAVAILABLE));
  }

  static Source<AnswerEvent, NotUsed> answer(String text) {
    return Source.single(
        AnswerEvent.newBuilder()
            .setFinal(
                Final.newBuilder().setAnswer(Answer.newBuilder().setText(text).setConfidence(0.9)))
            .build());
  }

  static Source<AnswerEvent, NotUsed> brokenOff(String text) {
    return Source.range(1, 2)
        .map(
            event -> {
              if (event == 2) {
                throw new GrpcServiceException(Status.UNAVAILABLE);
              }
              return delta(text);
            });
  }

  static AnswerEvent delta(String text) {
    return AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(text)).build();
  }
}
