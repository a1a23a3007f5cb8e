package io.fengda.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.typed.Cluster;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.StreamSupport;

/**
 * This node's leases on the quotas of one kind. Nobody waits for a lease: a node that has none, or
 * whose lease is over because the quota's actor can not be reached, takes the quota divided by the
 * number of nodes. Leases of tenants that are idle are not renewed. Thread-safe.
 */
public final class Leases {
  private static final int IDLE_RENEWALS_MAX = 30;
  private static final String SEPARATOR = ":";

  private final QuotaKind kind;
  private final String role;
  private final Cluster cluster;
  private final Clock clock;
  private final ConcurrentHashMap<TenantId, Lease> leases = new ConcurrentHashMap<>();
  private volatile int nodes = 1;

  /** Used by the renewing actor only. */
  private long renewedNanos = System.nanoTime();

  /** Of one tenant. */
  private static final class Lease {
    private final TenantId tenant;
    private volatile int quota;
    private final LongAccumulator asked;
    private volatile long inUse;
    private volatile long share;
    private volatile Instant until = Instant.MIN;
    private int idleRenewals;

    Lease(Tenant tenant, QuotaKind kind) {
      this.tenant = tenant.id();
      this.quota = kind.quotaOf(tenant);
      this.asked = kind.demand();
    }
  }

  private sealed interface Event {
    record Tick() implements Event {}

    record Answer(TenantQuota.Granted granted) implements Event {}
  }

  private Leases(QuotaKind kind, String role, Cluster cluster, Clock clock) {
    this.kind = kind;
    this.role = role;
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Starts to hold leases.
   *
   * @param role of the nodes that use up quotas of this kind
   * @param home the role of the nodes on which the quotas' actors live
   */
  public static Leases start(
      ActorSystem<?> system,
      QuotaKind kind,
      String role,
      String home,
      Tenants tenants,
      QuotaSettings settings) {
    Leases leases = new Leases(kind, role, Cluster.get(system), Clock.systemUTC());
    leases.countNodes();
    ClusterSharding sharding = ClusterSharding.get(system);
    var unusedRegion =
        sharding.init(
            Entity.of(TenantQuota.TYPE, context -> quota(context.getEntityId(), tenants, settings))
                .withRole(home));
    var unusedActor =
        system.systemActorOf(
            leases.renewing(sharding, settings), "leases-" + kind.key(), Props.empty());
    return leases;
  }

  private static Behavior<TenantQuota.Renew> quota(
      String entityId, Tenants tenants, QuotaSettings settings) {
    String[] parts = entityId.split(SEPARATOR, 2);
    QuotaKind kind = QuotaKind.ofKey(parts[0]);
    TenantId tenant = TenantId.of(parts[1]);
    return TenantQuota.create(
        entityId,
        () -> kind.quotaOf(tenants.orDefaults(tenant)),
        settings.lease(),
        Clock.systemUTC());
  }

  /** What this node may use of the tenant's quota now. */
  public long share(Tenant tenant) {
    Lease lease = of(tenant);
    return clock.instant().isBefore(lease.until) ? lease.share : Math.max(1, lease.quota / nodes);
  }

  /** Counts what the node was asked for, granted or not: it decides about the next lease. */
  public void asked(Tenant tenant, long amount) {
    of(tenant).asked.accumulate(amount);
  }

  /** What of a quota the node has in use for longer, and needs again at the next renewal. */
  public void inUse(Tenant tenant, long amount) {
    of(tenant).inUse = amount;
  }

  private Lease of(Tenant tenant) {
    Lease lease = leases.computeIfAbsent(tenant.id(), id -> new Lease(tenant, kind));
    lease.quota = kind.quotaOf(tenant);
    return lease;
  }

  private Behavior<Event> renewing(ClusterSharding sharding, QuotaSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  ActorRef<TenantQuota.Granted> answers =
                      context.messageAdapter(TenantQuota.Granted.class, Event.Answer::new);
                  timers.startTimerWithFixedDelay(new Event.Tick(), settings.renewal());
                  return Behaviors.receiveMessage(
                      event -> {
                        switch (event) {
                          case Event.Tick tick -> renew(sharding, answers);
                          case Event.Answer answer -> granted(answer.granted(), settings);
                        }
                        return Behaviors.same();
                      });
                }));
  }

  private void renew(ClusterSharding sharding, ActorRef<TenantQuota.Granted> answers) {
    countNodes();
    double seconds = secondsSinceLast();
    leases.values().removeIf(Leases::isIdle);
    for (Lease lease : leases.values()) {
      long asked = kind.demand(lease.asked.getThenReset(), seconds);
      long demand = Math.max(asked, lease.inUse);
      lease.idleRenewals = demand == 0 ? lease.idleRenewals + 1 : 0;
      sharding
          .entityRefFor(TenantQuota.TYPE, kind.key() + SEPARATOR + lease.tenant)
          .tell(new TenantQuota.Renew(demand, answers));
    }
  }

  private double secondsSinceLast() {
    long now = System.nanoTime();
    double seconds = (now - renewedNanos) / 1e9;
    renewedNanos = now;
    return seconds;
  }

  private static boolean isIdle(Lease lease) {
    return lease.idleRenewals > IDLE_RENEWALS_MAX;
  }

  private void granted(TenantQuota.Granted granted, QuotaSettings settings) {
    String tenant = granted.entityId().substring(kind.key().length() + SEPARATOR.length());
    leases.computeIfPresent(
        TenantId.of(tenant),
        (id, lease) -> {
          lease.share = granted.share();
          lease.until = clock.instant().plus(settings.lease());
          return lease;
        });
  }

  private void countNodes() {
    nodes =
        Math.max(
            1,
            (int)
                StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                    .filter(member -> member.status().equals(MemberStatus.up()))
                    .filter(member -> member.hasRole(role))
                    .count());
  }
}
