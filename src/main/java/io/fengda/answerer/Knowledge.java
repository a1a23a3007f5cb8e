package io.fengda.answerer;

import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every tenant knows. Immutable and safe for use by many threads. */
public final class Knowledge {
  private static final Logger LOG = LoggerFactory.getLogger(Knowledge.class);
  private static final String SUFFIX = ".jsonl";

  private final Map<TenantId, TenantKnowledge> tenants;

  private Knowledge(Map<TenantId, TenantKnowledge> tenants) {
    this.tenants = tenants;
  }

  /** Indexes the entries of each tenant; takes 1 to 3 ms an entry. */
  public static Knowledge of(Map<TenantId, List<KnowledgeEntry>> entries) {
    return new Knowledge(
        entries.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, tenant -> TenantKnowledge.of(tenant.getValue()))));
  }

  /**
   * Reads {@code <tenant>.jsonl} of every tenant in a directory; none where it does not exist.
   *
   * @throws InvalidKnowledgeException if a file cannot be read, breaks the format of {@link
   *     KnowledgeFile} or is not named after a tenant
   */
  public static Knowledge load(Path directory) {
    if (!Files.isDirectory(directory)) {
      LOG.warn("no knowledge directory {}: the answerer knows no tenant", directory);
      return of(Map.of());
    }
    Map<TenantId, List<KnowledgeEntry>> entries = new TreeMap<>(Knowledge::inOrder);
    files(directory).forEach(file -> entries.put(tenantOf(file), read(file)));
    entries.forEach((tenant, known) -> LOG.info("{} knows {} entries", tenant, known.size()));
    return of(entries);
  }

  /** What a tenant knows; nothing for a tenant without a file. */
  public Optional<TenantKnowledge> tenant(TenantId tenant) {
    return Optional.ofNullable(tenants.get(tenant));
  }

  private static int inOrder(TenantId one, TenantId other) {
    return one.value().compareTo(other.value());
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw InvalidKnowledgeException.in(directory, "cannot be listed: " + e);
    }
  }

  private static TenantId tenantOf(Path file) {
    String name = file.toFile().getName();
    String tenant = name.substring(0, name.length() - SUFFIX.length());
    if (!TenantId.isValid(tenant)) {
      throw InvalidKnowledgeException.in(file, "not named after a tenant: [a-z0-9-]{1,32}.jsonl");
    }
    return TenantId.of(tenant);
  }

  private static List<KnowledgeEntry> read(Path file) {
    try {
      return KnowledgeFile.read(file);
    } catch (IOException e) {
      throw InvalidKnowledgeException.in(file, "cannot be read: " + e);
    }
  }
}
