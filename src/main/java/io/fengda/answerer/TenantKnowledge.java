package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What one tenant knows, by language. Immutable and safe for use by many threads. */
public final class TenantKnowledge {
  /** The part of an answer's least confidence from which an entry is near. */
  private static final double NEAR_PART = 0.5;

  private final Map<Language, KnowledgeIndex> words;
  private final Map<Language, MeaningIndex> meanings;

  private TenantKnowledge(
      Map<Language, KnowledgeIndex> words, Map<Language, MeaningIndex> meanings) {
    this.words = words;
    this.meanings = meanings;
  }

  /** Indexes the words of all languages' entries; takes 1 to 3 ms an entry. */
  public static TenantKnowledge of(List<KnowledgeEntry> entries) {
    return new TenantKnowledge(
        byLanguage(entries, language -> KnowledgeIndex.of(language, entries)), Map.of());
  }

  /** Indexes words and meanings; see {@link MeaningIndex#of}. */
  static TenantKnowledge withMeanings(List<KnowledgeEntry> entries, WordingVectors vectors) {
    return new TenantKnowledge(
        Map.of(),
        byLanguage(
            entries,
            language ->
                MeaningIndex.of(
                    language,
                    entries,
                    text -> vectors.of(language, text),
                    text -> vectors.encode(language, text))));
  }

  private static <T> Map<Language, T> byLanguage(
      List<KnowledgeEntry> entries, Function<Language, T> index) {
    Map<Language, T> indexes = new EnumMap<>(Language.class);
    entries.stream()
        .map(KnowledgeEntry::language)
        .distinct()
        .forEach(language -> indexes.put(language, index.apply(language)));
    return indexes;
  }

  /**
   * What answers a question, in another language where this one has no entries.
   *
   * @param wordsThreshold the least confidence of an answer that words alone have found
   */
  Found find(Language language, String question, double wordsThreshold) {
    Optional<MeaningIndex> meaning = in(meanings, language);
    List<Match> matches =
        meaning
            .map(index -> index.find(question))
            .orElseGet(
                () -> in(words, language).flatMap(index -> index.best(question)).stream().toList());
    return new Found(matches, meaning.map(MeaningIndex::threshold).orElse(wordsThreshold));
  }

  /** Whether questions of a language are compared by meaning, and not by words alone. */
  boolean isByMeaning(Language language) {
    return in(meanings, language).isPresent();
  }

  /** The entry nearest to a question, whether it answers it or not. */
  public Optional<Match> best(Language language, String question) {
    return find(language, question, 0).matches().stream().findFirst();
  }

  private static <T> Optional<T> in(Map<Language, T> indexes, Language language) {
    return Optional.ofNullable(indexes.get(language))
        .or(
            () ->
                Arrays.stream(Language.values())
                    .filter(indexes::containsKey)
                    .findFirst()
                    .map(indexes::get));
  }

  /**
   * Entries by falling confidence.
   *
   * @param threshold the least confidence of an answer
   */
  record Found(List<Match> matches, double threshold) {
    Optional<Match> answer() {
      return matches.stream().findFirst().filter(match -> match.confidence() >= threshold);
    }

    /** What comes near the question, and may have been meant. */
    List<Match> near(int max) {
      return matches.stream()
          .filter(match -> match.confidence() >= NEAR_PART * threshold)
          .limit(max)
          .toList();
    }
  }
}
