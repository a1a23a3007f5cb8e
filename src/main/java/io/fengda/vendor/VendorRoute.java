package io.fengda.vendor;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.VendorEndpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The way of one query through its tenant's vendors, in their order, until one has a result:
 *
 * <table>
 *   <caption>After a call</caption>
 *   <tr><td>an answer, no answer, hand over, refused</td><td>that is the result</td></tr>
 *   <tr><td>unreachable, before it said anything</td>
 *       <td>the same vendor again, after a pause, within the retry budget</td></tr>
 *   <tr><td>any other failure, breaker open, bulkhead full</td><td>the next vendor</td></tr>
 *   <tr><td>no vendor or no time is left</td><td>the last failure is the result</td></tr>
 * </table>
 *
 * <p>A vendor that has others behind it has its share of the time that is left for each event. What
 * a vendor has said before it failed stays as it is; of the next one only the result is told, which
 * takes its place. Mutable; used by one stream.
 */
final class VendorRoute {
  /** No time-out is zero. */
  private static final Duration TICK = Duration.ofMillis(1);

  private final Query query;
  private final Tenant tenant;
  private final WorkLog work;
  private final VendorCalls calls;
  private final VendorGuards guards;
  private final GuardSettings settings;
  private final Metrics metrics;
  private final Clock clock;
  private boolean hasSpoken;

  VendorRoute(Query query, Tenant tenant, WorkLog work, VendorCalls calls) {
    this.query = query;
    this.tenant = tenant;
    this.work = work;
    this.calls = calls;
    this.guards = calls.guards();
    this.settings = calls.guardSettings();
    this.metrics = calls.metrics();
    this.clock = calls.clock();
  }

  /** Deltas, then one result; never later than the deadline. */
  Source<Input.FromWorker, NotUsed> run() {
    return tenant.vendors().isEmpty()
        ? Source.single(query.endedWithout(ReplyKind.NO_VENDOR, "", ""))
        : attempt(0, 1);
  }

  private List<VendorEndpoint> vendors() {
    return tenant.vendors();
  }

  private Source<Input.FromWorker, NotUsed> attempt(int index, int tries) {
    VendorEndpoint vendor = vendors().get(index);
    Duration left = timeLeft();
    if (!left.isPositive()) {
      return Source.single(query.endedWithout(ReplyKind.VENDOR_TIMEOUT, vendor.name(), ""));
    }
    VendorGuard guard = guards.of(tenant.id(), vendor);
    return switch (guard.enter()) {
      case VendorGuard.Entry.Admitted(var call) -> admitted(index, tries, guard, call, left);
      case VendorGuard.Entry.Open open -> refused(index, "BREAKER_OPEN");
      case VendorGuard.Entry.Full full -> refused(index, "BULKHEAD_FULL");
    };
  }

  private Source<Input.FromWorker, NotUsed> admitted(
      int index, int tries, VendorGuard guard, VendorGuard.Call call, Duration left) {
    if (tries == 1) {
      guard.earnRetry();
    }
    try {
      return call(index, call, left).flatMapConcat(input -> after(input, index, tries, guard));
    } catch (RuntimeException e) {
      call.left();
      throw e;
    }
  }

  private Source<Input.FromWorker, NotUsed> refused(int index, String outcome) {
    VendorEndpoint vendor = vendors().get(index);
    metrics.vendorCall(tenant.id().value(), vendor.name(), outcome);
    work.called(vendor.name(), TraceContext.newSpanId(), work.now(), outcome);
    return next(index, query.endedWithout(ReplyKind.VENDOR_UNAVAILABLE, vendor.name(), ""));
  }

  private Source<Input.FromWorker, NotUsed> call(int index, VendorGuard.Call call, Duration left) {
    boolean isHeard = !hasSpoken;
    String spanId = TraceContext.newSpanId();
    Duration share = shareOf(index, left);
    Source<Input.FromWorker, NotUsed> said =
        calls.call(
            query,
            tenant,
            vendors().get(index),
            spanId,
            new VendorStream.Patience(firstToken(index, share), share, left),
            judging(call, share, vendors().get(index).name(), spanId));
    return isHeard ? said : said.filter(Input.Result.class::isInstance);
  }

  private VendorStream.Listener judging(
      VendorGuard.Call call, Duration share, String vendor, String spanId) {
    Instant began = work.now();
    return new VendorStream.Listener() {
      @Override
      public void ended(Input.Result result) {
        work.called(vendor, spanId, began, result.kind().name());
        judge(call, result.kind(), share);
      }

      @Override
      public void closed() {
        call.left();
      }
    };
  }

  /** A vendor that had hardly any time is not to blame for being late. */
  private void judge(VendorGuard.Call call, ReplyKind kind, Duration given) {
    boolean hadTime = given.compareTo(tenant.deadline().dividedBy(2L * vendors().size())) >= 0;
    if (!isFailure(kind)) {
      call.succeeded();
    } else if (kind != ReplyKind.VENDOR_TIMEOUT || hadTime) {
      call.failed();
    } else {
      call.left();
    }
  }

  private Source<Input.FromWorker, NotUsed> after(
      Input.FromWorker input, int index, int tries, VendorGuard guard) {
    return switch (input) {
      case Input.Delta delta -> {
        hasSpoken = true;
        yield Source.single(delta);
      }
      case Input.Result result when !isFailure(result.kind()) -> Source.single(result);
      case Input.Result result when isWorthRepeating(result.kind(), tries) -> {
        Duration pause = guard.pauseAfter(tries);
        yield !guard.isOpen() && pause.compareTo(timeLeft()) < 0 && guard.mayRetry()
            ? Source.single(NotUsed.getInstance())
                .initialDelay(pause)
                .flatMapConcat(now -> attempt(index, tries + 1))
            : next(index, result);
      }
      case Input.Result result -> next(index, result);
    };
  }

  /** Nothing was said yet, and the vendor has hardly begun. */
  private boolean isWorthRepeating(ReplyKind kind, int tries) {
    return kind == ReplyKind.VENDOR_UNAVAILABLE && !hasSpoken && tries < settings.triesMax();
  }

  private Source<Input.FromWorker, NotUsed> next(int index, Input.Result failed) {
    return index + 1 < vendors().size() && timeLeft().isPositive()
        ? attempt(index + 1, 1)
        : Source.single(failed);
  }

  private Duration timeLeft() {
    return Duration.between(clock.instant(), query.deadline());
  }

  /** What is left, shared with the vendors behind that would take a call. */
  private Duration shareOf(int index, Duration left) {
    long behind =
        vendors().subList(index + 1, vendors().size()).stream()
            .filter(vendor -> !guards.of(tenant.id(), vendor).isOpen())
            .count();
    return left.dividedBy(behind + 1).plus(TICK);
  }

  private Duration firstToken(int index, Duration share) {
    Duration own = vendors().get(index).firstToken();
    return own != null && own.compareTo(share) < 0 ? own : share;
  }

  private static boolean isFailure(ReplyKind kind) {
    return switch (kind) {
      case VENDOR_TIMEOUT, VENDOR_UNAVAILABLE, VENDOR_ERROR, VENDOR_INVALID -> true;
      case ANSWER, NO_ANSWER, HAND_OVER, REFUSED, NO_VENDOR, DEADLINE, ABANDONED -> false;
    };
  }
}
