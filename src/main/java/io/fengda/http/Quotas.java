package io.fengda.http;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each tenant may still send through this gateway (token bucket of one second). Thread-safe.
 */
final class Quotas {
  private static final Duration WINDOW = Duration.ofSeconds(1);

  private final ConcurrentHashMap<TenantId, Bucket> buckets = new ConcurrentHashMap<>();

  /**
   * What was left of a quota.
   *
   * @param quota calls in a window
   * @param remaining calls that are left now
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
      throw ProblemException.of(
              Problem.QUOTA_EXCEEDED, "%d messages a second".formatted(left.quota()))
          .with(left::on);
    }
    return left;
  }

  Left take(Tenant tenant) {
    Bucket bucket = buckets.computeIfAbsent(tenant.id(), id -> bucket(tenant));
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return new Left(
        probe.isConsumed(),
        tenant.messagesPerSecond(),
        probe.getRemainingTokens(),
        Math.ceilDiv(probe.getNanosToWaitForReset(), WINDOW.toNanos()));
  }

  private static Bucket bucket(Tenant tenant) {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(tenant.messagesPerSecond())
                    .refillGreedy(tenant.messagesPerSecond(), WINDOW))
        .build();
  }
}
