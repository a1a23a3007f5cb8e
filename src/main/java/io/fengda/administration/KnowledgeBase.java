package io.fengda.administration;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.fengda.administration.KnowledgeEvent.EntriesPut;
import io.fengda.administration.KnowledgeEvent.EntriesRemoved;
import io.fengda.administration.KnowledgeEvent.FileTaken;
import io.fengda.knowledge.KnowledgeEntry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's {@link KnowledgeBook} as an actor. It tells the registry of what changed, so that
 * every answerer hears of it.
 */
final class KnowledgeBase
    extends EventSourcedBehavior<KnowledgeBase.Command, KnowledgeEvent, KnowledgeBook> {
  static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "Knowledge");

  static final int ENTRIES_MAX = 20_000;

  private static final int SNAPSHOT_EVERY = 50;

  private static final Duration ANNOUNCE_AFTER = Duration.ofMillis(200);
  private static final Duration ANNOUNCE_TIMEOUT = Duration.ofSeconds(5);

  private final String tenant;
  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final EntityRef<TenantRegistry.Command> registry;
  private final Clock clock;

  /** Which entry asks a question; made when it is needed first. */
  private @Nullable Map<String, String> askedBy;

  private String lastBy = "engine";

  sealed interface Command extends AdministrationMessage {}

  /**
   * Puts entries that are valid one by one.
   *
   * @param file the fingerprint of the file that they are of; empty if an administrator wrote them
   */
  record Put(List<KnowledgeEntry> entries, String file, String by, ActorRef<Result> replyTo)
      implements Command {}

  record Remove(List<String> ids, String by, ActorRef<Result> replyTo) implements Command {}

  /** All entries of a file were put; those of the file before that it lacks go. */
  record TakeFile(String fingerprint, ActorRef<Result> replyTo) implements Command {}

  /**
   * Asks for entries.
   *
   * @param after the id behind which to look
   * @param containing a text that they have in them, in any case; empty: all
   */
  record Read(String after, String containing, int limit, ActorRef<Page> replyTo)
      implements Command {}

  /** Leaves memory, as its rows are to be deleted. */
  record Leave(ActorRef<Done> replyTo) implements Command {}

  private record Announce() implements Command {}

  private record Announced(boolean done) implements Command {}

  /**
   * What became of a change.
   *
   * @param rejected by id, why an entry was not taken
   */
  record Result(long version, Map<String, String> rejected) implements AdministrationMessage {}

  /**
   * Entries in the order of their ids.
   *
   * @param total of the tenant
   * @param file the fingerprint of the file that was taken last
   */
  record Page(long version, int total, String file, List<KnowledgeEntry> entries, boolean more)
      implements AdministrationMessage {}

  private KnowledgeBase(
      String tenant,
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      EntityRef<TenantRegistry.Command> registry,
      Clock clock) {
    super(PersistenceId.of(TYPE.name(), tenant));
    this.tenant = tenant;
    this.context = context;
    this.timers = timers;
    this.registry = registry;
    this.clock = clock;
  }

  static Behavior<Command> create(
      String tenant, EntityRef<TenantRegistry.Command> registry, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new KnowledgeBase(tenant, context, timers, registry, clock)));
  }

  static String persistenceIdOf(String tenant) {
    return PersistenceId.of(TYPE.name(), tenant).id();
  }

  @Override
  public KnowledgeBook emptyState() {
    return KnowledgeBook.empty();
  }

  @Override
  public CommandHandler<Command, KnowledgeEvent, KnowledgeBook> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Put.class, this::put)
        .onCommand(Remove.class, this::remove)
        .onCommand(TakeFile.class, this::takeFile)
        .onCommand(Read.class, this::read)
        .onCommand(Leave.class, this::leave)
        .onCommand(Announce.class, this::announce)
        .onCommand(Announced.class, this::announced)
        .build();
  }

  private Effect<KnowledgeEvent, KnowledgeBook> put(KnowledgeBook book, Put put) {
    Map<String, String> rejected = new HashMap<>();
    List<KnowledgeEntry> taken = new ArrayList<>();
    List<String> yielding = new ArrayList<>();
    Map<String, String> asked = askedBy(book);
    int size = book.entries().size();
    for (KnowledgeEntry entry : put.entries()) {
      KnowledgeEntry before = book.entries().get(entry.id());
      String other = asked.get(asked(entry));
      boolean isAsked = other != null && !other.equals(entry.id());
      if (other != null
          && isAsked
          && !put.file().isEmpty()
          && book.isOfAnotherFile(other, put.file())) {
        yielding.add(other);
        isAsked = false;
      }
      if (isAsked) {
        rejected.put(entry.id(), "the question is already asked by the entry " + other);
      } else if (before == null && size >= ENTRIES_MAX) {
        rejected.put(entry.id(), "there are %d entries, as many as may be".formatted(size));
      } else {
        size += before == null ? 1 : 0;
        taken.add(entry);
        if (before != null) {
          asked.remove(asked(before), entry.id());
        }
        asked.put(asked(entry), entry.id());
      }
    }
    taken.removeIf(entry -> isKnown(book, entry, put.file()));
    if (taken.isEmpty()) {
      return Effect().none().thenReply(put.replyTo(), same -> new Result(same.version(), rejected));
    }
    return persisted(
        new EntriesPut(taken, put.file(), yielding, put.by(), clock.instant()),
        put.by(),
        put.replyTo(),
        rejected);
  }

  private static boolean isKnown(KnowledgeBook book, KnowledgeEntry entry, String file) {
    return entry.equals(book.entries().get(entry.id()))
        && file.equals(book.files().getOrDefault(entry.id(), ""));
  }

  private Effect<KnowledgeEvent, KnowledgeBook> remove(KnowledgeBook book, Remove remove) {
    List<String> known = remove.ids().stream().filter(book.entries()::containsKey).toList();
    Map<String, String> rejected = new HashMap<>();
    remove.ids().stream()
        .filter(id -> !known.contains(id))
        .forEach(id -> rejected.put(id, "there is no such entry"));
    if (known.isEmpty()) {
      return Effect()
          .none()
          .thenReply(remove.replyTo(), same -> new Result(same.version(), rejected));
    }
    forget(book, known);
    return persisted(
        new EntriesRemoved(known, remove.by(), clock.instant()),
        remove.by(),
        remove.replyTo(),
        rejected);
  }

  private Effect<KnowledgeEvent, KnowledgeBook> takeFile(KnowledgeBook book, TakeFile take) {
    List<String> gone =
        book.files().keySet().stream()
            .filter(id -> book.isOfAnotherFile(id, take.fingerprint()))
            .sorted()
            .toList();
    forget(book, gone);
    List<KnowledgeEvent> events = new ArrayList<>();
    if (!gone.isEmpty()) {
      events.add(new EntriesRemoved(gone, Administration.CONFIGURATION, clock.instant()));
    }
    events.add(new FileTaken(take.fingerprint(), clock.instant()));
    lastBy = Administration.CONFIGURATION;
    return Effect()
        .persist(events)
        .thenRun(after -> announceSoon())
        .thenReply(take.replyTo(), after -> new Result(after.version(), Map.of()));
  }

  private Effect<KnowledgeEvent, KnowledgeBook> persisted(
      KnowledgeEvent event, String by, ActorRef<Result> replyTo, Map<String, String> rejected) {
    lastBy = by;
    return Effect()
        .persist(event)
        .thenRun(after -> announceSoon())
        .thenReply(replyTo, after -> new Result(after.version(), rejected));
  }

  private void forget(KnowledgeBook book, List<String> ids) {
    for (String id : ids) {
      KnowledgeEntry entry = book.entries().get(id);
      if (entry != null) {
        askedBy(book).remove(asked(entry), id);
      }
    }
  }

  private Map<String, String> askedBy(KnowledgeBook book) {
    Map<String, String> known = askedBy;
    if (known == null) {
      known = new HashMap<>();
      for (KnowledgeEntry entry : book.entries().values()) {
        known.put(asked(entry), entry.id());
      }
      askedBy = known;
    }
    return known;
  }

  private static String asked(KnowledgeEntry entry) {
    return entry.language().tag() + ":" + entry.normalQuestion();
  }

  private Effect<KnowledgeEvent, KnowledgeBook> read(KnowledgeBook book, Read read) {
    String sought = read.containing().toLowerCase(Locale.ROOT);
    List<KnowledgeEntry> page = new ArrayList<>();
    boolean more = false;
    int chars = 0;
    for (KnowledgeEntry entry : book.entries().tailMap(read.after(), false).values()) {
      if (!has(entry, sought)) {
        continue;
      }
      if (!page.isEmpty()
          && (page.size() == read.limit()
              || chars + entry.chars() > KnowledgeAdministration.PIECE_CHARS_MAX)) {
        more = true;
        break;
      }
      page.add(entry);
      chars += entry.chars();
    }
    Page answer =
        new Page(book.version(), book.entries().size(), book.file(), List.copyOf(page), more);
    return Effect().none().thenReply(read.replyTo(), same -> answer);
  }

  private static boolean has(KnowledgeEntry entry, String sought) {
    return sought.isEmpty()
        || Stream.concat(
                Stream.of(entry.id(), entry.question(), entry.answer(), entry.source()),
                entry.alternatives().stream())
            .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(sought));
  }

  private Effect<KnowledgeEvent, KnowledgeBook> leave(KnowledgeBook book, Leave leave) {
    return Effect().stop().thenReply(leave.replyTo(), same -> Done.getInstance());
  }

  private void announceSoon() {
    if (!timers.isTimerActive(Announce.class)) {
      timers.startSingleTimer(Announce.class, new Announce(), ANNOUNCE_AFTER);
    }
  }

  private Effect<KnowledgeEvent, KnowledgeBook> announce(KnowledgeBook book, Announce announce) {
    Change.KnowledgeAt change = new Change.KnowledgeAt(book.version(), book.entries().size());
    context.ask(
        TenantRegistry.Reply.class,
        registry,
        ANNOUNCE_TIMEOUT,
        replyTo -> new TenantRegistry.Apply(tenant, change, lastBy, replyTo),
        (reply, failure) -> new Announced(failure == null));
    return Effect().none();
  }

  private Effect<KnowledgeEvent, KnowledgeBook> announced(KnowledgeBook book, Announced announced) {
    if (!announced.done()) {
      announceSoon();
    }
    return Effect().none();
  }

  @Override
  public EventHandler<KnowledgeBook, KnowledgeEvent> eventHandler() {
    return newEventHandlerBuilder().forAnyState().onAnyEvent(KnowledgeBook::after);
  }

  /** Whoever wrote last may have died before it said so. */
  @Override
  public SignalHandler<KnowledgeBook> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(
            RecoveryCompleted.instance(),
            book -> {
              if (book.version() > 0) {
                announceSoon();
              }
            })
        .build();
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 1);
  }
}
