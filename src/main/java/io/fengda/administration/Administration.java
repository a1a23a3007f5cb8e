package io.fengda.administration;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.pattern.Patterns;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantKeys;
import io.fengda.tenant.Tenants;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only door to the tenants' registry: typed asks, and what this node knows. Thread-safe. */
public final class Administration {
  private static final Logger log = LoggerFactory.getLogger(Administration.class);
  private static final int KEY_BYTES = 32;
  private static final int KEY_ID_BYTES = 6;

  static final String CONFIGURATION = "configuration";

  /** Who changes a tenant sees it changed, unless this node can not be told for two seconds. */
  private static final Duration LOOK_PAUSE = Duration.ofMillis(20);

  private static final int LOOKS_MAX = 100;

  private static final Duration OPEN_MAX = Duration.ofSeconds(15);
  private static final int OPEN_ATTEMPTS = 10_000;
  private static final Duration OPEN_PAUSE = Duration.ofMillis(500);

  private final ActorSystem<?> system;
  private final AdministrationSettings settings;
  private final EntityRef<TenantRegistry.Command> registry;
  private final TenantDirectory directory;
  private final Vault vault;
  private final TenantRows rows;
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;
  private final KnowledgeAdministration knowledge;

  private Administration(
      ActorSystem<?> system,
      AdministrationSettings settings,
      EntityRef<TenantRegistry.Command> registry,
      TenantDirectory directory,
      Vault vault,
      TenantRows rows,
      Clock clock) {
    this.system = system;
    this.settings = settings;
    this.registry = registry;
    this.directory = directory;
    this.vault = vault;
    this.rows = rows;
    this.clock = clock;
    this.knowledge = new KnowledgeAdministration(system, this, settings.timeout());
  }

  /**
   * Opens the door, and keeps the tenants as the registry has them from now on.
   *
   * @param home the role of the nodes on which the registry may live
   * @param tenants what this node knows, which is changed
   */
  public static Administration start(
      ActorSystem<?> system,
      AdministrationSettings settings,
      String home,
      Tenants tenants,
      TenantRows rows) {
    Clock clock = Clock.systemUTC();
    ClusterSharding sharding = ClusterSharding.get(system);
    var unused =
        sharding.init(
            Entity.of(
                    TenantRegistry.TYPE,
                    context -> TenantRegistry.create(settings.tenants(), clock))
                .withRole(home));
    EntityRef<TenantRegistry.Command> registry =
        sharding.entityRefFor(TenantRegistry.TYPE, TenantRegistry.ENTITY_ID);
    var unusedToo =
        sharding.init(
            Entity.of(
                    KnowledgeBase.TYPE,
                    context -> KnowledgeBase.create(context.getEntityId(), registry, clock))
                .withRole(home));
    Vault vault = Vault.of(settings.platformKeys());
    return new Administration(
        system,
        settings,
        registry,
        TenantDirectory.start(system, settings, vault, tenants),
        vault,
        rows,
        clock);
  }

  /**
   * Brings the configuration's tenants into the registry; done when this node knows all. Where the
   * registry can not be reached for a while (no node of its role is there yet, or only ones of a
   * version before it), the node goes on with the configuration's tenants, if there are any.
   */
  public CompletionStage<Done> open() {
    Set<TenantId> configured = settings.tenants().configured();
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    configured.forEach(id -> all.add(patiently(id.value()).toCompletableFuture()));
    CompletableFuture<Done> opened =
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
            .thenCompose(done -> directory.firstKnown())
            .thenCompose(
                known ->
                    known(
                        all.stream().mapToLong(outcome -> outcome.join().version()).max().orElse(0),
                        LOOKS_MAX));
    return configured.isEmpty()
        ? opened
        : opened
            .copy()
            .completeOnTimeout(Done.getInstance(), OPEN_MAX.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, failure) -> {
                  if (!opened.isDone()) {
                    log.warn("no tenants' registry yet: begins with the configuration's tenants");
                  }
                });
  }

  /** While a cluster begins, its registry may have no place yet. */
  private CompletionStage<Outcome> patiently(String id) {
    return Patterns.retry(
            () -> journaled(id, new Change.Configure(), CONFIGURATION),
            OPEN_ATTEMPTS,
            OPEN_PAUSE,
            system.classicSystem())
        .whenComplete(
            (outcome, failure) -> {
              if (outcome instanceof Outcome.Refused refused) {
                LogAbout.tenant(log.atError(), id)
                    .log("the configuration's tenant: {}", refused.detail());
              }
            });
  }

  /** What a change came to. */
  public sealed interface Outcome {
    /** The registry's version behind it; 0 where it was refused. */
    long version();

    /** It is in the journal, and on every node within a second. */
    record Changed(long version, Optional<AdministeredTenant> tenant) implements Outcome {}

    /**
     * It may not be.
     *
     * @param setting the one that is wrong, by its name; empty if none is
     */
    record Refused(Refusal refusal, String setting, String detail) implements Outcome {
      @Override
      public long version() {
        return 0;
      }
    }
  }

  /**
   * A tenant that is new, and the keys it may begin with, which are told this once.
   *
   * @param settings a tree as on the wire
   */
  public CompletionStage<Created> create(String id, Map<String, ?> settings, String by) {
    NewKey secret = newKey(TenantKey.Kind.SECRET, by);
    NewKey publishable = newKey(TenantKey.Kind.PUBLISHABLE, by);
    NewKey token = newKey(TenantKey.Kind.TOKEN, by);
    return apply(
            id,
            new Change.Create(
                OwnSettings.flat(settings),
                List.of(secret.kept(), publishable.kept(), token.kept())),
            by)
        .thenApply(outcome -> new Created(outcome, List.of(secret, publishable, token)));
  }

  /** What became of it, and the keys if it was created. */
  public record Created(Outcome outcome, List<NewKey> keys) {}

  /**
   * A key as it is told once.
   *
   * @param key itself
   */
  public record NewKey(TenantKey kept, String key) {
    /** Names no key. */
    @Override
    public String toString() {
      return kept.toString();
    }
  }

  /** A key in addition to those that the tenant has. */
  public CompletionStage<Created> addKey(String id, TenantKey.Kind kind, String by) {
    NewKey key = newKey(kind, by);
    return apply(id, new Change.AddKey(key.kept()), by)
        .thenApply(outcome -> new Created(outcome, List.of(key)));
  }

  private NewKey newKey(TenantKey.Kind kind, String by) {
    String key = random(KEY_BYTES);
    String kept =
        switch (kind) {
          case SECRET -> TenantKeys.hash(key);
          case PUBLISHABLE -> key;
          case TOKEN -> vault.seal(key);
        };
    return new NewKey(
        new TenantKey(kind.wire() + "-" + random(KEY_ID_BYTES), kind, kept, now(), by), key);
  }

  /** Whether there is a platform key, without which no secret of a tenant is kept. */
  public boolean canKeepSecrets() {
    return vault.canSeal();
  }

  private String random(int bytes) {
    byte[] random = new byte[bytes];
    this.random.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private Instant now() {
    return clock.instant();
  }

  /** Changes a tenant; done when it is in the journal, and this node knows it. */
  public CompletionStage<Outcome> apply(String id, Change change, String by) {
    return journaled(id, change, by)
        .thenCompose(outcome -> known(outcome.version(), LOOKS_MAX).thenApply(known -> outcome));
  }

  private CompletionStage<Done> known(long version, int looksMax) {
    if (directory.known().version() >= version || looksMax == 0) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    directory.lookNow();
    return Patterns.after(LOOK_PAUSE, system.classicSystem(), () -> known(version, looksMax - 1));
  }

  private CompletionStage<Outcome> journaled(String id, Change change, String by) {
    return registry
        .<TenantRegistry.Reply>ask(
            replyTo -> new TenantRegistry.Apply(id, change, by, replyTo), settings.timeout())
        .thenApply(
            reply ->
                switch (reply) {
                  case TenantRegistry.Applied(long version, var tenant) ->
                      new Outcome.Changed(version, Optional.ofNullable(tenant));
                  case TenantRegistry.Refused(Refusal refusal, String setting, String detail) ->
                      new Outcome.Refused(refusal, setting, detail);
                });
  }

  /** The tenants as this node knows them. */
  public Collection<AdministeredTenant> all() {
    return directory.known().tenants().values();
  }

  /** One of them. */
  public Optional<AdministeredTenant> find(TenantId id) {
    return Optional.ofNullable(directory.known().tenants().get(id.value()));
  }

  /** All settings of a tenant, its own and the defaults, as a tree. */
  public Map<String, Object> settings(AdministeredTenant tenant) {
    return settings
        .tenants()
        .all(tenant.tenantId(), OwnSettings.tree(tenant.settings()), tenant.configured());
  }

  /** What they know. */
  public KnowledgeAdministration knowledge() {
    return knowledge;
  }

  /** Deleted tenants whose conversations are to be erased. */
  public Collection<String> erasing() {
    return directory.known().erasing();
  }

  /** What happened to a tenant, the newest first: at most so many before a number. */
  public CompletionStage<List<TenantRows.Row>> audit(TenantId id, long before, int limit) {
    return rows.newest(
        TenantRegistry.persistenceIdOfAll(), TenantRegistry.tagOf(id.value()), before, limit);
  }
}
