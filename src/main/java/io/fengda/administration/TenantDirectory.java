package io.fengda.administration;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantKeys;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's {@link Tenants} as the registry has them: it asks, again and again, what
 * happened. While the registry moves, or its database is away, the node goes on with what it knows.
 */
final class TenantDirectory {
  private static final Logger log = LoggerFactory.getLogger(TenantDirectory.class);

  /** An answer that was lost is asked for again. */
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(1);

  /** By then every node knows a key. */
  private static final Duration SETTLES_IN = Duration.ofSeconds(5);

  private final AdministrationSettings settings;
  private final Vault vault;
  private final Tenants tenants;
  private final SealAgain sealAgain;
  private final Clock clock = Clock.systemUTC();
  private volatile Runnable lookNow = () -> {};
  private final CompletableFuture<Done> firstKnown = new CompletableFuture<>();

  /** What was told so far; used by the following actor only. */
  private Snapshot gathered = Snapshot.empty();

  /** All of it, when it holds on this node; written by the following actor only. */
  private volatile Snapshot known = Snapshot.empty();

  /** What was read, so that a tenant that did not change is the same object; see Tokens. */
  private final Map<String, Read> reads = new HashMap<>();

  /**
   * A tenant as it was read.
   *
   * @param settlesAt when it is to be read again, as a key that is new may sign then
   */
  private record Read(long edited, Instant settlesAt, Tenant tenant) {
    boolean holds(AdministeredTenant now, Instant at) {
      return edited == now.edited() && at.isBefore(settlesAt);
    }
  }

  /**
   * The tenants at one time.
   *
   * @param tenants by id, in its order
   * @param erasing deleted ones that are not erased yet
   */
  record Snapshot(long version, Map<String, AdministeredTenant> tenants, Set<String> erasing) {
    static Snapshot empty() {
      return new Snapshot(0, Map.of(), Set.of());
    }

    Snapshot and(TenantRegistry.Known news) {
      Map<String, AdministeredTenant> all = new TreeMap<>(tenants);
      news.changed().forEach(tenant -> all.put(tenant.id(), tenant));
      all.keySet().removeAll(news.erasing());
      return new Snapshot(
          news.version(), Collections.unmodifiableMap(all), Set.copyOf(news.erasing()));
    }
  }

  private sealed interface Event {
    record Look() implements Event {}

    record Answered(TenantRegistry.@Nullable Known news, @Nullable Throwable failure)
        implements Event {}
  }

  /** Keeps a secret sealed by the present platform key, once one before has opened it. */
  interface SealAgain {
    void accept(String tenant, TenantKey key, String kept);
  }

  private TenantDirectory(
      AdministrationSettings settings, Vault vault, Tenants tenants, SealAgain sealAgain) {
    this.settings = settings;
    this.vault = vault;
    this.tenants = tenants;
    this.sealAgain = sealAgain;
  }

  static TenantDirectory start(
      ActorSystem<?> system, AdministrationSettings settings, Vault vault, Tenants tenants) {
    EntityRef<TenantRegistry.Command> registry =
        ClusterSharding.get(system).entityRefFor(TenantRegistry.TYPE, TenantRegistry.ENTITY_ID);
    SealAgain sealAgain =
        (tenant, key, kept) ->
            registry.tell(
                new TenantRegistry.Apply(
                    tenant,
                    new Change.SealKey(key.id(), key.kept(), kept),
                    "engine",
                    Adapter.toTyped(system.classicSystem().deadLetters())));
    TenantDirectory directory = new TenantDirectory(settings, vault, tenants, sealAgain);
    ActorRef<Event> following =
        system.systemActorOf(directory.following(registry), "tenant-directory", Props.empty());
    directory.lookNow = () -> following.tell(new Event.Look());
    return directory;
  }

  /** Done when the node knows its tenants. */
  CompletionStage<Done> firstKnown() {
    return firstKnown;
  }

  /** Does not wait for the next time to look. */
  void lookNow() {
    lookNow.run();
  }

  /** As this node knows them. */
  Snapshot known() {
    return known;
  }

  private Behavior<Event> following(EntityRef<TenantRegistry.Command> registry) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  look(context, registry);
                  return Behaviors.receiveMessage(
                      event -> {
                        switch (event) {
                          case Event.Look look -> look(context, registry);
                          case Event.Answered(var news, var failure) -> {
                            if (news != null) {
                              take(news);
                            }
                            if (news != null && news.more()) {
                              look(context, registry);
                            } else {
                              timers.startSingleTimer(new Event.Look(), settings.refresh());
                            }
                          }
                        }
                        return Behaviors.same();
                      });
                }));
  }

  private void look(ActorContext<Event> context, EntityRef<TenantRegistry.Command> registry) {
    long version = gathered.version();
    context.ask(
        TenantRegistry.Known.class,
        registry,
        LOOK_TIMEOUT,
        replyTo -> new TenantRegistry.ReadSince(version, replyTo),
        Event.Answered::new);
  }

  private void take(TenantRegistry.Known news) {
    if (news.version() < gathered.version()) {
      return; // The answer to a question of before.
    }
    gathered = gathered.and(news);
    if (news.more()) {
      return;
    }
    if (gathered.tenants().size() != news.total()) {
      log.warn("has {} tenants of {}: all are read again", gathered.tenants().size(), news.total());
      gathered = Snapshot.empty();
      return;
    }
    boolean isNew = gathered.version() != known.version();
    if (isNew || !firstKnown.isDone()) {
      replace();
      known = gathered;
      log.debug("{} tenants, version {}", known.tenants().size(), known.version());
    } else if (reads.values().stream().anyMatch(read -> isOver(read.settlesAt()))) {
      replace();
    }
    firstKnown.complete(Done.getInstance());
  }

  private void replace() {
    Instant at = clock.instant();
    reads.keySet().retainAll(gathered.tenants().keySet());
    List<Tenant> all = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (AdministeredTenant tenant : gathered.tenants().values()) {
      Read before = reads.get(tenant.id());
      Read read =
          before != null && before.holds(tenant, at)
              ? before
              : new Read(tenant.edited(), settlesAt(tenant, at), read(tenant, keys(tenant, at)));
      reads.put(tenant.id(), read);
      Tenant now = read.tenant();
      if (now.keys().secretKeyHashes().stream().allMatch(keys::add)) {
        all.add(now);
      } else {
        LogAbout.tenant(log.atError(), tenant.id())
            .log("the tenant is left out: it has an API key of another one");
      }
    }
    tenants.replace(all);
  }

  /** A newer version with other bounds must not take a tenant's service away. */
  private Tenant read(AdministeredTenant tenant, TenantKeys keys) {
    try {
      return read(tenant, OwnSettings.tree(tenant.settings()), keys);
    } catch (IllegalArgumentException e) {
      LogAbout.tenant(log.atError(), tenant.id())
          .log("the tenant keeps the settings that it had: {}", e.getMessage());
      Read before = reads.get(tenant.id());
      return before == null
          ? read(tenant, Map.of(), keys)
          : before.tenant().with(keys, tenant.suspended());
    }
  }

  private Tenant read(AdministeredTenant tenant, Map<String, Object> own, TenantKeys keys) {
    return settings
        .tenants()
        .read(tenant.tenantId(), own, tenant.configured(), keys, tenant.suspended());
  }

  private TenantKeys keys(AdministeredTenant tenant, Instant at) {
    Set<String> hashes = new HashSet<>();
    List<String> publishable = new ArrayList<>();
    List<String> secrets = new ArrayList<>();
    List<String> newSecrets = new ArrayList<>();
    // The newest one signs that every node knows.
    for (TenantKey key : tenant.keys().reversed()) {
      switch (key.kind()) {
        case SECRET -> hashes.add(key.kept());
        case PUBLISHABLE -> publishable.add(key.kept());
        case TOKEN ->
            opened(tenant, key).ifPresent(isSettled(key, at) ? secrets::add : newSecrets::add);
      }
    }
    TenantKeys configured =
        tenant.configured()
            ? settings.tenants().configuredKeys(tenant.tenantId())
            : TenantKeys.NONE;
    return new TenantKeys(hashes, publishable, secrets)
        .and(configured)
        .and(new TenantKeys(Set.of(), List.of(), newSecrets));
  }

  private static boolean isSettled(TenantKey key, Instant at) {
    return !at.isBefore(key.createdAt().plus(SETTLES_IN));
  }

  private static Instant settlesAt(AdministeredTenant tenant, Instant at) {
    return tenant.keys().stream()
        .filter(key -> key.kind() == TenantKey.Kind.TOKEN && !isSettled(key, at))
        .map(key -> key.createdAt().plus(SETTLES_IN))
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  private boolean isOver(Instant time) {
    return !clock.instant().isBefore(time);
  }

  private Optional<String> opened(AdministeredTenant tenant, TenantKey key) {
    Optional<Vault.Opened> opened = vault.open(key.kept());
    if (opened.isEmpty()) {
      LogAbout.tenant(log.atError(), tenant.id())
          .log("key {} was sealed by another FENGDA_PLATFORM_KEY", key.id());
    }
    opened
        .filter(secret -> !secret.byPresentKey())
        .ifPresent(secret -> sealAgain.accept(tenant.id(), key, vault.seal(secret.secret())));
    return opened.map(Vault.Opened::secret);
  }
}
