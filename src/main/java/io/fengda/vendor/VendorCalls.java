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

  /** One call. */
  Source<Input.FromWorker, NotUsed> call(
      Query query,
      Tenant tenant,
      VendorEndpoint vendor,
      VendorStream.Patience patience,
      VendorStream.Listener listener) {
    return traced(clients.of(vendor).answer(), query)
        .invoke(codec.write(query, tenant))
        .via(
            new VendorStream(
                new AnswerSoFar(query, vendor.name(), codec),
                patience,
                counting(query, vendor, listener)));
  }

  /** The customer's trace goes on at the vendor. */
  private static StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> traced(
      StreamResponseRequestBuilder<AnswerRequest, AnswerEvent> call, Query query) {
    return query.trace().isEmpty() ? call : call.addHeader(TRACEPARENT, query.trace());
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
