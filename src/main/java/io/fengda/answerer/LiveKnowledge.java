package io.fengda.answerer;

import io.fengda.knowledge.InvalidKnowledgeException;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeFile;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What tenants know now: the files of a directory, and what their administrators made of them,
 * which the store keeps. It answers by words at once; meanings follow on a thread of their own, and
 * so does every small change, while what was known before answers. Thread-safe.
 */
final class LiveKnowledge implements Knowledge, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveKnowledge.class);
  private static final Duration STORE_CHECK = Duration.ofMillis(300);

  /** After which a tenant is tried again whose knowledge could not be read or kept. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  /** New wordings that are read within a second or so; for more, words answer meanwhile. */
  private static final int SMALL_CHANGE_MAX = 100;

  private final Path directory;
  private final KnowledgeStore store;
  private final Clock clock = Clock.systemUTC();
  private final Map<TenantId, TenantKnowledge> tenants = new ConcurrentHashMap<>();

  /** What each tenant is to know. */
  private final Map<TenantId, List<KnowledgeEntry>> current = new ConcurrentHashMap<>();

  private final ScheduledExecutorService thread = thread("knowledge");
  private final ScheduledExecutorService modelThread = thread("knowledge-meanings");
  private final WordingVectors vectors = new WordingVectors();

  /** Tenants that wait to be read by the models, whatever they know by then. */
  private final Set<TenantId> learning = ConcurrentHashMap.newKeySet();

  // The rest belongs to the first thread.
  private final Map<TenantId, Source> sources = new HashMap<>();
  private final Set<TenantId> fileTaken = new HashSet<>();
  private final Map<TenantId, Kept> kept = new HashMap<>();
  private final Map<TenantId, Instant> tryAgainAt = new HashMap<>();

  /** A file as it was when it was read, and what was in it. */
  private record Source(Stamp stamp, List<KnowledgeEntry> entries) {}

  /** What the store keeps, as it was taken up last. */
  private record Kept(long version, List<KnowledgeEntry> entries) {}

  private record Stamp(long modifiedMillis, long bytes) {
    static Stamp of(Path file) throws IOException {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size());
    }
  }

  private LiveKnowledge(Path directory, KnowledgeStore store) {
    this.directory = directory;
    this.store = store;
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name(name).factory());
  }

  /**
   * Reads all files and the store, on the caller's thread, and goes on looking at them.
   *
   * @param checkEvery how often it is looked whether a file changed
   * @throws InvalidKnowledgeException if a file cannot be read, breaks the format of {@link
   *     KnowledgeFile} or is not named after a tenant
   */
  static LiveKnowledge start(Path directory, Duration checkEvery, KnowledgeStore store) {
    LiveKnowledge knowledge = new LiveKnowledge(directory, store);
    if (!Files.isDirectory(directory)) {
      LOG.warn("no knowledge directory {}", directory);
    }
    KnowledgeFile.inDirectory(
            directory,
            fault -> {
              throw fault;
            })
        .forEach(
            (tenant, file) -> {
              Source source = read(file);
              knowledge.sources.put(tenant, source);
              about(LOG.atInfo(), tenant).log("{} entries are known", source.entries().size());
            });
    knowledge.checkStore();
    // The small ones first: they wait the shortest for the models.
    knowledge.sources.entrySet().stream()
        .sorted(Comparator.comparingInt(source -> source.getValue().entries().size()))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(knowledge::refresh);
    knowledge.every(knowledge::checkStore, STORE_CHECK);
    knowledge.every(knowledge::keepFiles, STORE_CHECK);
    knowledge.every(knowledge::check, checkEvery);
    return knowledge;
  }

  private void every(Runnable what, Duration delay) {
    var unused =
        thread.scheduleWithFixedDelay(
            what, delay.toMillis(), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<TenantKnowledge> tenant(TenantId tenant) {
    return Optional.ofNullable(tenants.get(tenant));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    modelThread.shutdownNow();
  }

  /** The store goes before a file that it has taken. */
  private Optional<List<KnowledgeEntry>> toKnow(TenantId tenant) {
    Source file = sources.get(tenant);
    Kept one = kept.get(tenant);
    if (one != null && (file == null || fileTaken.contains(tenant))) {
      return Optional.of(one.entries());
    }
    return Optional.ofNullable(file).map(Source::entries);
  }

  private void refresh(TenantId tenant) {
    toKnow(tenant)
        .ifPresentOrElse(
            entries -> know(tenant, entries),
            () -> {
              current.remove(tenant);
              tenants.remove(tenant);
              learnSoon(tenant);
            });
  }

  private void know(TenantId tenant, List<KnowledgeEntry> entries) {
    List<KnowledgeEntry> before = current.put(tenant, entries);
    if (before != null && Set.copyOf(before).equals(Set.copyOf(entries))) {
      return;
    }
    if (before != null) {
      about(LOG.atInfo(), tenant).log("{} entries are now known", entries.size());
    }
    if (before == null || newWordings(before, entries) > SMALL_CHANGE_MAX) {
      tenants.put(tenant, TenantKnowledge.of(entries));
    }
    learnSoon(tenant);
  }

  private static long newWordings(List<KnowledgeEntry> before, List<KnowledgeEntry> entries) {
    Set<WordingVectors.Wording> known = wordings(before);
    return wordings(entries).stream().filter(wording -> !known.contains(wording)).count();
  }

  private static LoggingEventBuilder about(LoggingEventBuilder line, TenantId tenant) {
    return LogAbout.tenant(line, tenant.value());
  }

  private void learnSoon(TenantId tenant) {
    if (learning.add(tenant)) {
      modelThread.execute(
          () -> {
            learning.remove(tenant);
            learn(tenant);
          });
    }
  }

  /** Adds the meanings; where the models do not run on this machine, words go on alone. */
  private void learn(TenantId tenant) {
    List<KnowledgeEntry> entries = current.get(tenant);
    if (entries == null) {
      vectors.retain(wordings());
      return;
    }
    TenantKnowledge learnt;
    try {
      if (isReadInPart(entries)) {
        learnSoon(tenant);
        return;
      }
      long startNanos = System.nanoTime();
      learnt = TenantKnowledge.withMeanings(entries, vectors);
      about(LOG.atInfo(), tenant)
          .log(
              "is answered by meaning, after {} ms",
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    } catch (RuntimeException | Error e) {
      learnt = TenantKnowledge.of(entries);
      about(LOG.atWarn(), tenant).log("is answered by words alone: {}", e.toString());
    }
    TenantKnowledge now = learnt;
    // What is newer waits for its turn.
    current.computeIfPresent(
        tenant,
        (id, newest) -> {
          if (newest.equals(entries)) {
            tenants.put(id, now);
          }
          return newest;
        });
    vectors.retain(wordings());
  }

  /** Reads a part of what is new, so that a large tenant keeps no small one waiting. */
  private boolean isReadInPart(List<KnowledgeEntry> entries) {
    List<WordingVectors.Wording> unread =
        wordings(entries).stream()
            .filter(wording -> !vectors.has(wording))
            .limit(SMALL_CHANGE_MAX + 1L)
            .toList();
    if (unread.size() <= SMALL_CHANGE_MAX) {
      return false;
    }
    unread.forEach(wording -> vectors.of(wording.language(), wording.text()));
    return true;
  }

  private Set<WordingVectors.Wording> wordings() {
    Set<WordingVectors.Wording> used = new HashSet<>();
    current.values().forEach(entries -> used.addAll(wordings(entries)));
    return used;
  }

  private static Set<WordingVectors.Wording> wordings(List<KnowledgeEntry> entries) {
    Set<WordingVectors.Wording> wordings = new HashSet<>();
    for (KnowledgeEntry entry : entries) {
      Language language = entry.language();
      entry.wordings().forEach(text -> wordings.add(new WordingVectors.Wording(language, text)));
    }
    return wordings;
  }

  /** Takes up what administrators changed; one tenant's trouble is no other's. */
  private void checkStore() {
    try {
      Map<TenantId, Long> versions = store.versions();
      Set<TenantId> gone = new HashSet<>(kept.keySet());
      gone.removeAll(versions.keySet());
      for (TenantId tenant : gone) {
        kept.remove(tenant);
        fileTaken.remove(tenant);
        refresh(tenant);
      }
      versions.forEach(
          (tenant, version) -> {
            Kept before = kept.get(tenant);
            if (before == null || before.version() != version) {
              carefully(
                  tenant,
                  () -> {
                    List<KnowledgeEntry> entries =
                        store.entries(tenant).toCompletableFuture().join();
                    kept.put(tenant, new Kept(version, entries));
                    refresh(tenant);
                  });
            }
          });
    } catch (RuntimeException | Error e) {
      // A schedule whose task throws ends for good.
      LOG.error("the store is not checked", e);
    }
  }

  private void carefully(TenantId tenant, Runnable what) {
    Instant now = clock.instant();
    if (now.isBefore(tryAgainAt.getOrDefault(tenant, Instant.MIN))) {
      return;
    }
    tryAgainAt.remove(tenant);
    try {
      what.run();
    } catch (RuntimeException e) {
      about(LOG.atWarn(), tenant).log("the store of knowledge: {}", e.toString());
      tryAgainAt.put(tenant, clock.instant().plus(AFTER_FAILURE));
    }
  }

  /** What files say is brought into the store, where it is new. */
  private void keepFiles() {
    try {
      sources.forEach(
          (tenant, source) -> {
            if (!fileTaken.contains(tenant)) {
              carefully(tenant, () -> keep(tenant, source.entries()));
            }
          });
    } catch (RuntimeException | Error e) {
      LOG.error("files are not kept", e);
    }
  }

  private void keep(TenantId tenant, List<KnowledgeEntry> entries) {
    if (store.take(tenant, entries).toCompletableFuture().join()) {
      fileTaken.add(tenant);
      // What the store has by now is told with the next version.
      kept.remove(tenant);
    } else {
      tryAgainAt.put(tenant, clock.instant().plus(AFTER_FAILURE));
    }
  }

  /** Takes up what changed; a file that breaks the format leaves all as it was. */
  private void check() {
    try {
      if (!Files.isDirectory(directory)) {
        if (!sources.isEmpty()) {
          LOG.warn("{} is gone: every tenant keeps what it knew", directory);
        }
        return;
      }
      Map<TenantId, Path> files =
          KnowledgeFile.inDirectory(
              directory, fault -> LOG.warn("left out: {}", fault.getMessage()));
      Set<TenantId> gone = new HashSet<>(sources.keySet());
      gone.removeAll(files.keySet());
      for (TenantId tenant : gone) {
        about(LOG.atInfo(), tenant).log("the knowledge file is gone");
        sources.remove(tenant);
        fileTaken.remove(tenant);
        refresh(tenant);
      }
      files.forEach(this::check);
    } catch (RuntimeException | Error e) {
      // A schedule whose task throws ends for good.
      LOG.error("knowledge is not checked", e);
    }
  }

  private void check(TenantId tenant, Path file) {
    Source before = sources.get(tenant);
    Stamp stamp;
    try {
      stamp = Stamp.of(file);
    } catch (IOException e) {
      LOG.warn("{} can not be read: {}", file, e.toString());
      return;
    }
    if (before != null && before.stamp().equals(stamp)) {
      return;
    }
    try {
      Source source = read(file);
      sources.put(tenant, source);
      if (before == null || !before.entries().equals(source.entries())) {
        fileTaken.remove(tenant);
        refresh(tenant);
      }
    } catch (InvalidKnowledgeException e) {
      about(LOG.atWarn(), tenant).log("keeps what was known: {}", e.getMessage());
      sources.put(tenant, new Source(stamp, before == null ? List.of() : before.entries()));
    }
  }

  private static Source read(Path file) {
    try {
      Stamp stamp = Stamp.of(file);
      return new Source(stamp, KnowledgeFile.read(file));
    } catch (IOException e) {
      throw InvalidKnowledgeException.in(file, "cannot be read: " + e);
    }
  }
}
