package io.fengda.answerer;

import io.fengda.tenant.Language;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one tenant knows, by language. Immutable and safe for use by many threads. */
public final class TenantKnowledge {
  private final Map<Language, KnowledgeIndex> indexes;

  private TenantKnowledge(Map<Language, KnowledgeIndex> indexes) {
    this.indexes = indexes;
  }

  /** Indexes the entries of all languages; takes 1 to 3 ms an entry. */
  public static TenantKnowledge of(List<KnowledgeEntry> entries) {
    Map<Language, KnowledgeIndex> indexes = new EnumMap<>(Language.class);
    entries.stream()
        .map(KnowledgeEntry::language)
        .distinct()
        .forEach(language -> indexes.put(language, KnowledgeIndex.of(language, entries)));
    return new TenantKnowledge(indexes);
  }

  /** The entry nearest to a question, in another language where this one has no entries. */
  public Optional<Match> best(Language language, String question) {
    return Optional.ofNullable(indexes.get(language))
        .or(this::any)
        .flatMap(index -> index.best(question));
  }

  private Optional<KnowledgeIndex> any() {
    return Arrays.stream(Language.values())
        .filter(indexes::containsKey)
        .findFirst()
        .map(indexes::get);
  }
}
