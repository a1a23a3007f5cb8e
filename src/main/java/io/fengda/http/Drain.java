package io.fengda.http;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Source;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether this gateway shuts down, or a tenant is served no more, for everyone who is connected.
 * Thread-safe.
 */
final class Drain {
  /** Of each tenant. Their flows unregister when a stream ends, unlike callbacks on a future. */
  private final ConcurrentHashMap<TenantId, SharedKillSwitch> open = new ConcurrentHashMap<>();

  private volatile boolean began;

  void begin() {
    began = true;
    open.values().forEach(SharedKillSwitch::shutdown);
  }

  /** Whether new work is to go to another node. */
  boolean hasBegun() {
    return began;
  }

  /** Ends the streams of tenants that are deleted or suspended. */
  void endWithout(Tenants tenants) {
    open.forEach(
        (id, streams) -> {
          if (tenants.find(id).filter(tenant -> !tenant.suspended()).isEmpty()) {
            open.remove(id, streams);
            streams.shutdown();
          }
        });
  }

  /** One element when the streams of a tenant's customers are to end. */
  Source<Done, NotUsed> signal(TenantId tenant) {
    SharedKillSwitch streams =
        open.computeIfAbsent(tenant, id -> KillSwitches.shared("open-" + id.value()));
    if (began) {
      streams.shutdown();
    }
    return Source.<Done>maybe()
        .viaMat(streams.flow(), (unused, alsoUnused) -> NotUsed.getInstance())
        .concat(Source.single(Done.getInstance()));
  }

  /** Why they end. */
  Closing reason() {
    return began ? Closing.DRAINING : Closing.FORBIDDEN;
  }

  /** When a client is to come back: spread, so that a deploy is not a storm. */
  static long retryAfterMillis(HttpSettings settings) {
    return ThreadLocalRandom.current().nextLong(settings.reconnectSpread().toMillis() + 1);
  }
}
