package io.fengda.http;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Refusal;
import io.fengda.quota.Leases;
import io.fengda.telemetry.Metrics;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is let in at this gateway. Each tenant has a token bucket of one second, filled at the rate
 * of the gateway's lease on the tenant's quota. Thread-safe.
 */
final class Admission {
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final Leases leases;
  private final Tenants tenants;
  private final Conversations conversations;
  private final Metrics metrics;
  private final ConcurrentHashMap<TenantId, Filled> buckets = new ConcurrentHashMap<>();

  Admission(Leases leases, Tenants tenants, Conversations conversations, Metrics metrics) {
    this.leases = leases;
    this.tenants = tenants;
    this.conversations = conversations;
    this.metrics = metrics;
  }

  /** A bucket and the rate at which it fills. */
  private record Filled(Bucket bucket, long rate) {}

  /**
   * What was left of a quota.
   *
   * @param quota calls in a window, through all gateways
   * @param remaining calls that are left now, through this gateway
   * @param resetSeconds until the quota is whole again, rounded up
   */
  record Left(boolean allowed, long quota, long remaining, long resetSeconds) {
    /** The response with the fields of draft-ietf-httpapi-ratelimit-headers. */
    HttpResponse on(HttpResponse response) {
      return response
          .addHeader(
              RawHeader.create(
                  "RateLimit-Policy",
                  "\"messages\";q=%d;w=%d".formatted(quota, WINDOW.toSeconds())))
          .addHeader(
              RawHeader.create(
                  "RateLimit", "\"messages\";r=%d;t=%d".formatted(remaining, resetSeconds)));
    }
  }

  /** Takes one from the tenant's quota; a problem where nothing is left. */
  Left require(Tenant tenant) {
    Left left = take(tenant);
    if (!left.allowed()) {
      metrics.refused(tenant.id().value(), Problem.QUOTA_EXCEEDED.name());
      throw ProblemException.of(
              Problem.QUOTA_EXCEEDED, "%d messages a second".formatted(left.quota()))
          .with(left::on);
    }
    return left;
  }

  /** The same for a message, which is refused too where the node can not answer it in time. */
  Left requireForMessage(Tenant tenant, ConversationId id) {
    Left left = require(tenant);
    if (conversations.isOverloaded(id, tenant)) {
      metrics.refused(tenant.id().value(), Refusal.OVERLOADED.name());
      throw ProblemException.of(Problem.OVERLOADED, Problem.OVERLOADED.title()).with(left::on);
    }
    return left;
  }

  /** By what the tenant's quota is now: a socket knows the one of when it was opened. */
  Left take(Tenant then) {
    Tenant tenant = tenants.find(then.id()).orElse(then);
    leases.asked(tenant, 1);
    ConsumptionProbe probe = bucket(tenant).tryConsumeAndReturnRemaining(1);
    return new Left(
        probe.isConsumed(),
        tenant.messagesPerSecond(),
        probe.getRemainingTokens(),
        Math.ceilDiv(probe.getNanosToWaitForReset(), WINDOW.toNanos()));
  }

  private Bucket bucket(Tenant tenant) {
    long rate = leases.share(tenant);
    Filled filled = buckets.get(tenant.id());
    if (filled == null || filled.rate() != rate) {
      filled = buckets.compute(tenant.id(), (id, known) -> filledAt(known, rate));
    }
    return filled.bucket();
  }

  /** What is left in the bucket stays there, as far as it fits. */
  private static Filled filledAt(@Nullable Filled known, long rate) {
    if (known == null) {
      return new Filled(Bucket.builder().addLimit(bandwidth(rate)).build(), rate);
    }
    if (known.rate() != rate) {
      known
          .bucket()
          .replaceConfiguration(
              BucketConfiguration.builder().addLimit(bandwidth(rate)).build(),
              TokensInheritanceStrategy.AS_IS);
    }
    return new Filled(known.bucket(), rate);
  }

  private static Bandwidth bandwidth(long rate) {
    return Bandwidth.builder().capacity(rate).refillGreedy(rate, WINDOW).build();
  }
}
