package io.fengda.http;

import akka.Done;
import akka.NotUsed;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Source;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether this gateway shuts down, or a tenant is served no more, for everyone who is connected.
 * Thread-safe.
 */
final class Drain {
  /** Of each tenant. Their flows unregister when a stream ends, unlike callbacks on a future. */
  private final ConcurrentHashMap<TenantId, SharedKillSwitch> open = new ConcurrentHashMap<>();

  /** With which tokens of a tenant's may have been signed that its streams were opened by. */
  private final ConcurrentHashMap<TenantId, List<String>> secrets = new ConcurrentHashMap<>();

  private final Tenants tenants;
  private volatile boolean began;

  Drain(Tenants tenants) {
    this.tenants = tenants;
  }

  void begin() {
    began = true;
    open.values().forEach(SharedKillSwitch::shutdown);
  }

  /** Whether new work is to go to another node. */
  boolean hasBegun() {
    return began;
  }

  /**
   * Ends the streams of tenants that are deleted or suspended, and of those that have a token
   * secret no more: whoever has a token that is still good comes back with it.
   */
  void endWhatIsOver() {
    open.forEach(
        (id, streams) -> {
          Optional<List<String>> now =
              tenants
                  .find(id)
                  .filter(tenant -> !tenant.suspended())
                  .map(tenant -> tenant.keys().tokenSecrets());
          List<String> before = secrets.put(id, now.orElse(List.of()));
          if (now.isEmpty() || (before != null && !now.get().containsAll(before))) {
            open.remove(id, streams);
            secrets.remove(id);
            streams.shutdown();
          }
        });
  }

  /** One element when the streams of a tenant's customers are to end. */
  Source<Done, NotUsed> signal(TenantId tenant) {
    SharedKillSwitch streams =
        open.computeIfAbsent(tenant, id -> KillSwitches.shared("open-" + id.value()));
    tenants
        .find(tenant)
        .ifPresent(found -> secrets.putIfAbsent(tenant, found.keys().tokenSecrets()));
    if (began) {
      streams.shutdown();
    }
    return Source.<Done>maybe()
        .viaMat(streams.flow(), (unused, alsoUnused) -> NotUsed.getInstance())
        .concat(Source.single(Done.getInstance()));
  }

  /** Why they end. */
  Closing reason(TenantId tenant) {
    if (began) {
      return Closing.DRAINING;
    }
    return tenants.find(tenant).filter(found -> !found.suspended()).isPresent()
        ? Closing.EXPIRED
        : Closing.FORBIDDEN;
  }

  /** When a client is to come back: spread, so that a deploy is not a storm. */
  static long retryAfterMillis(HttpSettings settings) {
    return ThreadLocalRandom.current().nextLong(settings.reconnectSpread().toMillis() + 1);
  }
}
