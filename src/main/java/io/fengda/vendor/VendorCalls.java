package io.fengda.vendor;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.grpc.javadsl.StreamResponseRequestBuilder;
import akka.japi.Pair;
import akka.japi.pf.PFBuilder;
import akka.stream.javadsl.Source;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.telemetry.Metrics;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import io.fengda.tenant.VendorEndpoint;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Calls the tenant's vendors for a query. Never later than the deadline and never without a result:
 * whatever goes wrong becomes one. Thread-safe.
 */
public final class VendorCalls {
  /** W3C Trace Context, as gRPC metadata. */
  private static final String TRACEPARENT = "traceparent";

  private final Tenants tenants;
  private final VendorClients clients;
  private final VendorSettings settings;
  private final VendorCodec codec;
  private final VendorGuards guards;
  private final Metrics metrics;
  private final Clock clock = Clock.systemUTC();

  private VendorCalls(
      Tenants tenants, VendorClients clients, VendorSettings settings, Metrics metrics) {
    this.tenants = tenants;
    this.clients = clients;
    this.settings = settings;
    this.codec = new VendorCodec(settings);
    this.guards = new VendorGuards(settings.guard(), metrics);
    this.metrics = metrics;
  }

  public static VendorCalls create(
      ActorSystem<?> system, VendorSettings settings, Tenants tenants, Metrics metrics) {
    Duration idle = settings.guard().openFor().dividedBy(2);
    return new VendorCalls(tenants, new VendorClients(system, idle), settings, metrics);
  }

  /**
   * The pieces of the answer, then its one result. Cancelling the stream cancels the vendor's work.
   */
  public Source<Input.FromWorker, NotUsed> call(Query query) {
    return new VendorRoute(query, tenants.orDefaults(query.conversation().tenant()), this).run();
  }

  VendorGuards guards() {
    return guards;
  }

  GuardSettings guardSettings() {
    return settings.guard();
  }

  Metrics metrics() {
    return metrics;
  }

  Clock clock() {
    return clock;
  }

  /**
   * One call.
   *
   * @param firstToken how long its first event may take
   * @param stall how long any other may take
   */
  Source<Input.FromWorker, NotUsed> call(
      Query query, Tenant tenant, VendorEndpoint vendor, Duration firstToken, Duration stall) {
    Duration left = Duration.between(clock.instant(), query.deadline());
    return traced(clients.of(vendor).answer(), query)
        .invoke(codec.write(query, tenant))
        .initialTimeout(firstToken)
        .idleTimeout(stall)
        .completionTimeout(left.isPositive() ? left : Duration.ofMillis(1))
        .map(Event::of)
        .recover(
            new PFBuilder<Throwable, Event>()
                .matchAny(failure -> new Event.Failed(kindOf(failure)))
                .build())
        .concat(Source.single(new Event.Failed(ReplyKind.VENDOR_INVALID)))
        .statefulMap(
            () -> new AnswerSoFar(query, vendor.name(), codec),
            (soFar, event) -> Pair.create(soFar, soFar.next(event)),
            soFar -> Optional.empty())
        .takeWhile(Input.Delta.class::isInstance, true)
        .map(input -> counted(query, vendor, input))
        .mapMaterializedValue(unused -> NotUsed.getInstance());
  }

  /** The customer's trace goes on at the vendor. */
  private static StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> traced(
      StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> call, Query query) {
    return query.trace().isEmpty() ? call : call.addHeader(TRACEPARENT, query.trace());
  }

  private Input.FromWorker counted(Query query, VendorEndpoint vendor, Input.FromWorker input) {
    if (input instanceof Input.Result result) {
      metrics.vendorCall(
          query.conversation().tenant().value(), vendor.name(), result.kind().name());
    }
    return input;
  }

  private static ReplyKind kindOf(Throwable failure) {
    return switch (failure) {
      case TimeoutException timeout -> ReplyKind.VENDOR_TIMEOUT;
      case StatusRuntimeException status
          when status.getStatus().getCode() == Status.Code.UNAVAILABLE ->
          ReplyKind.VENDOR_UNAVAILABLE;
      case StatusRuntimeException status
          when status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED ->
          ReplyKind.VENDOR_TIMEOUT;
      default -> ReplyKind.VENDOR_ERROR;
    };
  }

  /** What a call brings: an event of the vendor's, or its failure. */
  sealed interface Event {
    record FromVendor(AnswerEvent event) implements Event {}

    record Failed(ReplyKind kind) implements Event {}

    static Event of(AnswerEvent event) {
      return new FromVendor(event);
    }
  }
}
