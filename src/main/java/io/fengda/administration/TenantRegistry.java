package io.fengda.administration;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;
import akka.persistence.typed.javadsl.RetentionCriteria;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.fengda.tenant.TenantSettings;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Registry} as an actor, of which the cluster has one: it writes the journal first, and
 * only then replies.
 */
final class TenantRegistry
    extends EventSourcedBehaviorWithEnforcedReplies<
        TenantRegistry.Command, RegistryEvent, Registry> {
  static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "Tenants");
  static final String ENTITY_ID = "all";

  private static final int SNAPSHOT_EVERY = 100;

  /** Of the largest size, four have some 200 KB; Artery's frames have 256. */
  private static final int CHANGED_MAX = 4;

  private final TenantSettings bounds;
  private final Clock clock;

  sealed interface Command extends AdministrationMessage {}

  /** Changes a tenant. */
  record Apply(String tenant, Change change, String by, ActorRef<Reply> replyTo)
      implements Command {}

  /** Asks for what happened since a version. */
  record ReadSince(long version, ActorRef<Known> replyTo) implements Command {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Applied.class, name = "applied"),
    @JsonSubTypes.Type(value = Refused.class, name = "refused")
  })
  sealed interface Reply extends AdministrationMessage {}

  /**
   * It is in the journal.
   *
   * @param version of all tenants
   * @param tenant as it is now; null: there is none
   */
  record Applied(long version, @Nullable AdministeredTenant tenant) implements Reply {}

  record Refused(Refusal refusal, String setting, String detail) implements Reply {}

  /**
   * What happened since a version.
   *
   * @param version up to which this tells all
   * @param changed tenants as they are now, a few of them
   * @param erasing all that were deleted and are not erased yet
   * @param total tenants that there are
   * @param more whether there is more to ask for
   */
  record Known(
      long version, List<AdministeredTenant> changed, Set<String> erasing, int total, boolean more)
      implements AdministrationMessage {}

  private TenantRegistry(TenantSettings bounds, Clock clock) {
    super(PersistenceId.of(TYPE.name(), ENTITY_ID));
    this.bounds = bounds;
    this.clock = clock;
  }

  static Behavior<Command> create(TenantSettings bounds, Clock clock) {
    return Behaviors.setup(context -> new TenantRegistry(bounds, clock));
  }

  /** Under which the journal has it. */
  static String persistenceIdOfAll() {
    return PersistenceId.of(TYPE.name(), ENTITY_ID).id();
  }

  /** Names a tenant's rows. */
  static String tagOf(String tenant) {
    return "tenant:" + tenant;
  }

  @Override
  public Registry emptyState() {
    return Registry.empty();
  }

  @Override
  public CommandHandlerWithReply<Command, RegistryEvent, Registry> commandHandler() {
    return newCommandHandlerWithReplyBuilder()
        .forAnyState()
        .onCommand(Apply.class, this::change)
        .onCommand(ReadSince.class, this::read)
        .build();
  }

  private ReplyEffect<RegistryEvent, Registry> change(Registry registry, Apply apply) {
    String id = apply.tenant();
    return switch (registry.decide(id, apply.change(), apply.by(), clock.instant(), bounds)) {
      case Registry.Decision.Happens(RegistryEvent event) ->
          Effect().persist(event).thenReply(apply.replyTo(), after -> applied(after, id));
      case Registry.Decision.Nothing nothing ->
          Effect().reply(apply.replyTo(), applied(registry, id));
      case Registry.Decision.Refused(Refusal refusal, String setting, String detail) ->
          Effect().reply(apply.replyTo(), new Refused(refusal, setting, detail));
    };
  }

  private static Reply applied(Registry registry, String id) {
    return new Applied(registry.version(), registry.tenants().get(id));
  }

  private ReplyEffect<RegistryEvent, Registry> read(Registry registry, ReadSince read) {
    return Effect().reply(read.replyTo(), since(registry, read.version()));
  }

  @Override
  public EventHandler<Registry, RegistryEvent> eventHandler() {
    return newEventHandlerBuilder().forAnyState().onAnyEvent(Registry::after);
  }

  @Override
  public Set<String> tagsFor(RegistryEvent event) {
    return Set.of(tagOf(event.tenant()));
  }

  /** A deletion is followed by a snapshot at once: the rows before it are emptied. */
  @Override
  public boolean shouldSnapshot(Registry registry, RegistryEvent event, long sequenceNr) {
    return event instanceof RegistryEvent.TenantDeleted
        || event instanceof RegistryEvent.TenantErased;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 1);
  }

  /** As much as fits into one message between nodes. */
  static Known since(Registry registry, long version) {
    List<AdministeredTenant> changed =
        registry.tenants().values().stream()
            .filter(tenant -> tenant.version() > version)
            .sorted(Comparator.comparingLong(AdministeredTenant::version))
            .limit(CHANGED_MAX + 1)
            .toList();
    boolean more = changed.size() > CHANGED_MAX;
    List<AdministeredTenant> told = more ? changed.subList(0, CHANGED_MAX) : changed;
    return new Known(
        more ? told.getLast().version() : registry.version(),
        List.copyOf(told),
        registry.erasing(),
        registry.tenants().size(),
        more);
  }
}
