package io.fengda.vendor;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.grpc.javadsl.StreamResponseRequestBuilder;
import akka.stream.javadsl.Source;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import io.fengda.tenant.VendorEndpoint;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Calls the tenant's vendors for a query. Never later than the deadline and never without a result:
 * whatever goes wrong becomes one. Thread-safe.
 */
public final class VendorCalls {
  /** W3C Trace Context, as gRPC metadata. */
  private static final String TRACEPARENT = "traceparent";

  /** The result of a call that ends without one, and of one that has no time left. */
  static final ReplyKind WITHOUT_END = ReplyKind.VENDOR_INVALID;

  static final ReplyKind TOO_LATE = ReplyKind.VENDOR_TIMEOUT;

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
    this.codec = new VendorCodec(settings.answerBytesMax(), settings.citationsMax());
    this.guards = new VendorGuards(settings.guard(), metrics);
    this.metrics = metrics;
  }

  public static VendorCalls create(
      ActorSystem<?> system, VendorSettings settings, Tenants tenants, Metrics metrics) {
    Duration idle = settings.guard().openFor().dividedBy(2);
    return new VendorCalls(
        tenants,
        new VendorClients(system, idle, VendorEncryption.of(system, settings.tls())),
        settings,
        metrics);
  }

  /**
   * The pieces of the answer, then its one result. Cancelling the stream cancels the vendor's work.
   *
   * @param work is told of each call
   */
  public Source<Input.FromWorker, NotUsed> call(Query query, WorkLog work) {
    return new VendorRoute(query, tenants.orDefaults(query.conversation().tenant()), work, this)
        .run();
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
   * @param spanId of the call in its trace
   */
  Source<Input.FromWorker, NotUsed> call(
      Query query,
      Tenant tenant,
      VendorEndpoint vendor,
      String spanId,
      VendorStream.Patience patience,
      VendorStream.Listener listener) {
    return traced(clients.of(vendor).answer(), query, spanId)
        .invoke(codec.write(query, tenant))
        .via(
            new VendorStream(
                new AnswerSoFar(query, vendor.name(), codec),
                patience,
                counting(query, vendor, listener)));
  }

  /** The customer's trace goes on at the vendor, below the call. */
  private static StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> traced(
      StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> call, Query query, String spanId) {
    return TraceContext.parse(query.trace())
        .map(trace -> call.addHeader(TRACEPARENT, trace.at(spanId).traceparent()))
        .orElse(call);
  }

  private VendorStream.Listener counting(
      Query query, VendorEndpoint vendor, VendorStream.Listener listener) {
    return new VendorStream.Listener() {
      @Override
      public void ended(Input.Result result) {
        metrics.vendorCall(
            query.conversation().tenant().value(), vendor.name(), result.kind().name());
        listener.ended(result);
      }

      @Override
      public void closed() {
        listener.closed();
      }
    };
  }

  static ReplyKind kindOf(Throwable failure) {
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
