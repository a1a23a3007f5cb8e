package io.fengda.answerer;

import io.fengda.knowledge.InvalidKnowledgeException;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeFile;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
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

/**
 * What tenants know now: the files of a directory, and what their administrators made of it, which
 * counts where there is any. It answers by words at once; meanings follow in the background, and so
 * does every change, while what was known before answers. Thread-safe.
 */
final class LiveKnowledge implements Knowledge, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveKnowledge.class);

  private static final Duration STORE_CHECK = Duration.ofMillis(300);

  private final Path directory;
  private final KnowledgeStore store;
  private final Map<TenantId, TenantKnowledge> tenants = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("knowledge").factory());

  // The rest belongs to the one thread.
  private final Map<TenantId, Source> sources = new HashMap<>();
  private final WordingVectors vectors = new WordingVectors();

  /** What the store keeps, as it was taken up last. */
  private final Map<TenantId, Kept> kept = new HashMap<>();

  private record Kept(long version, List<KnowledgeEntry> entries) {}

  /** A file as it was when it was read, and what was in it. */
  private record Source(Stamp stamp, List<KnowledgeEntry> entries) {}

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

  /**
   * Reads all files, on the caller's thread, and goes on looking at them.
   *
   * @param checkEvery how often it is looked whether a file changed
   * @throws InvalidKnowledgeException if a file cannot be read, breaks the format of {@link
   *     KnowledgeFile} or is not named after a tenant
   */
  static LiveKnowledge start(Path directory, Duration checkEvery, KnowledgeStore store) {
    LiveKnowledge knowledge = new LiveKnowledge(directory, store);
    if (!Files.isDirectory(directory)) {
      LOG.warn("no knowledge directory {}: the answerer knows no tenant", directory);
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
              knowledge.tenants.put(tenant, TenantKnowledge.of(source.entries()));
              LOG.info("{} knows {} entries", tenant, source.entries().size());
            });
    knowledge.thread.execute(knowledge::keepFiles);
    knowledge.thread.execute(knowledge::checkStore);
    knowledge.thread.execute(knowledge::learnAll);
    var unusedToo =
        knowledge.thread.scheduleWithFixedDelay(
            knowledge::checkStore,
            STORE_CHECK.toMillis(),
            STORE_CHECK.toMillis(),
            TimeUnit.MILLISECONDS);
    var unused =
        knowledge.thread.scheduleWithFixedDelay(
            knowledge::check, checkEvery.toMillis(), checkEvery.toMillis(), TimeUnit.MILLISECONDS);
    return knowledge;
  }

  @Override
  public Optional<TenantKnowledge> tenant(TenantId tenant) {
    return Optional.ofNullable(tenants.get(tenant));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void learnAll() {
    // The small ones first: they wait the shortest for it.
    known().entrySet().stream()
        .sorted(Comparator.comparingInt(known -> known.getValue().size()))
        .forEach(known -> learn(known.getKey(), known.getValue()));
  }

  private Map<TenantId, List<KnowledgeEntry>> known() {
    Map<TenantId, List<KnowledgeEntry>> known = new HashMap<>();
    sources.forEach((tenant, source) -> known.put(tenant, source.entries()));
    kept.forEach((tenant, one) -> known.put(tenant, one.entries()));
    return known;
  }

  /** What files say is brought into the store, where it is new. */
  private void keepFiles() {
    sources.forEach((tenant, source) -> keep(tenant, source.entries()));
  }

  private void keep(TenantId tenant, List<KnowledgeEntry> entries) {
    try {
      store.take(tenant, entries).toCompletableFuture().join();
    } catch (RuntimeException e) {
      LOG.warn("the file of {} is not in the store: {}", tenant, e.toString());
    }
  }

  /** Takes up what administrators changed. */
  private void checkStore() {
    try {
      Map<TenantId, Long> versions = store.versions();
      if (kept.keySet().retainAll(versions.keySet())) {
        tenants.keySet().retainAll(known().keySet());
      }
      for (Map.Entry<TenantId, Long> version : versions.entrySet()) {
        Kept before = kept.get(version.getKey());
        if (before == null || before.version() != version.getValue()) {
          takeUp(version.getKey(), version.getValue());
        }
      }
    } catch (RuntimeException | Error e) {
      // A schedule whose task throws ends for good.
      LOG.warn("the store is not checked: {}", e.toString());
    }
  }

  private void takeUp(TenantId tenant, long version) {
    List<KnowledgeEntry> before = known().getOrDefault(tenant, List.of());
    List<KnowledgeEntry> entries = store.entries(tenant).toCompletableFuture().join();
    kept.put(tenant, new Kept(version, entries));
    if (Set.copyOf(before).equals(Set.copyOf(entries)) && tenants.containsKey(tenant)) {
      return;
    }
    LOG.info("{} now knows {} entries", tenant, entries.size());
    if (before.isEmpty()) {
      tenants.put(tenant, TenantKnowledge.of(entries));
    }
    learn(tenant, entries);
    vectors.retain(wordings());
  }

  /** Adds the meanings; where the models do not run on this machine, words go on alone. */
  private void learn(TenantId tenant, List<KnowledgeEntry> entries) {
    try {
      long startNanos = System.nanoTime();
      tenants.put(tenant, TenantKnowledge.withMeanings(entries, vectors));
      LOG.info(
          "{} is answered by meaning, after {} ms",
          tenant,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    } catch (RuntimeException | Error e) {
      tenants.put(tenant, TenantKnowledge.of(entries));
      LOG.warn("{} is answered by words alone: {}", tenant, e.toString());
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
      if (sources.keySet().retainAll(files.keySet())) {
        tenants.keySet().retainAll(known().keySet());
        LOG.info("knowledge files are gone: {} tenants are left", files.size());
      }
      boolean changed = false;
      for (Map.Entry<TenantId, Path> file : files.entrySet()) {
        changed |= check(file.getKey(), file.getValue());
      }
      if (changed) {
        vectors.retain(wordings());
      }
    } catch (RuntimeException | Error e) {
      // A schedule whose task throws ends for good.
      LOG.error("knowledge is not checked", e);
    }
  }

  private boolean check(TenantId tenant, Path file) {
    Source before = sources.get(tenant);
    Stamp stamp;
    try {
      stamp = Stamp.of(file);
    } catch (IOException e) {
      LOG.warn("{} can not be read: {}", file, e.toString());
      return false;
    }
    if (before != null && before.stamp().equals(stamp)) {
      return false;
    }
    try {
      Source source = read(file);
      sources.put(tenant, source);
      if (before == null || !before.entries().equals(source.entries())) {
        LOG.info("{} now knows {} entries", tenant, source.entries().size());
        keep(tenant, source.entries());
        if (store.versions().containsKey(tenant)) {
          return false;
        }
        if (before == null) {
          tenants.put(tenant, TenantKnowledge.of(source.entries()));
        }
        learn(tenant, source.entries());
        return true;
      }
    } catch (InvalidKnowledgeException e) {
      LOG.warn("{} keeps what it knew: {}", tenant, e.getMessage());
      sources.put(tenant, new Source(stamp, before == null ? List.of() : before.entries()));
    }
    return false;
  }

  private Set<WordingVectors.Wording> wordings() {
    Set<WordingVectors.Wording> used = new HashSet<>();
    for (List<KnowledgeEntry> entries : known().values()) {
      for (KnowledgeEntry entry : entries) {
        Language language = entry.language();
        entry.wordings().forEach(text -> used.add(new WordingVectors.Wording(language, text)));
      }
    }
    return used;
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
