package io.fengda.quota;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The quota of one tenant, of one kind, for the whole cluster. Nodes renew their leases with what
 * they were asked for; each gets its {@link FairShares fair share} of the quota. Leases of nodes
 * that renew no more are forgotten; so is everything when the actor moves, and known again after
 * one round. While shares change, the nodes together may hold more than the quota for one round.
 */
final class TenantQuota extends AbstractBehavior<TenantQuota.Renew> {
  static final EntityTypeKey<Renew> TYPE = EntityTypeKey.create(Renew.class, "TenantQuota");

  private final String entityId;
  private final LongSupplier quota;
  private final Duration lease;
  private final Clock clock;
  private final Map<ActorRef<Granted>, Holder> holders = new HashMap<>();

  /**
   * A node asks for its share.
   *
   * @param demand what it was asked for since it asked last
   */
  record Renew(long demand, ActorRef<Granted> replyTo) implements QuotaMessage {}

  /**
   * The answer.
   *
   * @param entityId of the quota
   * @param share what the node may use until its lease is over
   */
  record Granted(String entityId, long share) implements QuotaMessage {}

  private record Holder(long demand, Instant until) {}

  private TenantQuota(
      ActorContext<Renew> context,
      String entityId,
      LongSupplier quota,
      Duration lease,
      Clock clock) {
    super(context);
    this.entityId = entityId;
    this.quota = quota;
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * Makes one.
   *
   * @param quota of the tenant now: it may change
   */
  static Behavior<Renew> create(String entityId, LongSupplier quota, Duration lease, Clock clock) {
    return Behaviors.setup(context -> new TenantQuota(context, entityId, quota, lease, clock));
  }

  @Override
  public Receive<Renew> createReceive() {
    return newReceiveBuilder().onMessage(Renew.class, this::onRenew).build();
  }

  private Behavior<Renew> onRenew(Renew renew) {
    Instant now = clock.instant();
    holders.values().removeIf(holder -> now.isAfter(holder.until()));
    holders.put(renew.replyTo(), new Holder(renew.demand(), now.plus(lease)));
    Map<ActorRef<Granted>, Long> demands =
        holders.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().demand()));
    long share = FairShares.of(quota.getAsLong(), demands).getOrDefault(renew.replyTo(), 1L);
    renew.replyTo().tell(new Granted(entityId, share));
    return this;
  }
}
