package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.NormalForm;
import io.fengda.tenant.Language;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One tenant's knowledge in one language, ready to be asked. Immutable and safe for use by many
 * threads; all of it is in memory.
 */
public final class KnowledgeIndex {
  /** The documents that BM25 proposes; twice as many find no more in the demo knowledge. */
  private static final int HITS_MAX = 32;

  /** The rarest terms of a question that search; 8 to 64 of them find the same in the demo. */
  private static final int SEARCH_TERMS_MAX = 12;

  /** The part of the runner-up's nearness that a winner loses: two near entries are a doubt. */
  private static final double RIVALRY = 0.4;

  private final TextTerms terms;
  private final Evidence evidence;
  private final Map<String, KnowledgeEntry> entriesOfNormalForms;
  private final Vocabulary vocabulary;
  private final List<IndexedEntry> entries;
  private final CandidateSearch candidates;

  private KnowledgeIndex(Language language, TextTerms terms, List<KnowledgeEntry> entries) {
    List<IndexedEntry.Terms> counted =
        entries.stream().map(entry -> IndexedEntry.Terms.of(entry, terms)).toList();
    this.terms = terms;
    this.evidence = Evidence.of(language);
    this.entriesOfNormalForms = normalForms(entries);
    this.vocabulary =
        Vocabulary.of(
            counted.stream().flatMap(entry -> entry.wordings().stream()).toList(),
            counted.stream().map(IndexedEntry.Terms::answer).toList());
    this.entries = indexed(entries, counted, vocabulary);
    this.candidates = CandidateSearch.of(counted);
  }

  /** An index of the entries in one language; those in another are left out. */
  public static KnowledgeIndex of(Language language, List<KnowledgeEntry> entries) {
    List<KnowledgeEntry> spoken =
        entries.stream().filter(entry -> entry.language() == language).toList();
    return new KnowledgeIndex(language, TextTerms.of(language), spoken);
  }

  private static Map<String, KnowledgeEntry> normalForms(List<KnowledgeEntry> entries) {
    Map<String, KnowledgeEntry> found = new HashMap<>();
    entries.forEach(entry -> found.putIfAbsent(NormalForm.of(entry.question()), entry));
    for (KnowledgeEntry entry : entries) {
      entry.alternatives().forEach(other -> found.putIfAbsent(NormalForm.of(other), entry));
    }
    return Map.copyOf(found);
  }

  private static List<IndexedEntry> indexed(
      List<KnowledgeEntry> entries, List<IndexedEntry.Terms> counted, Vocabulary vocabulary) {
    return IntStream.range(0, entries.size())
        .mapToObj(i -> IndexedEntry.of(entries.get(i), counted.get(i), vocabulary))
        .toList();
  }

  /**
   * The entry nearest to a question; none where they share no term. Any text will do.
   *
   * <p>The wording of an entry itself, whatever its case, width, white space and punctuation, has
   * confidence 1, an entry's question before any alternative. Anything else has less: the {@link
   * Evidence} for the nearest of the candidates that BM25 proposes, less a part of that for the
   * second nearest. Of two as near, the first in the file wins.
   */
  public Optional<Match> best(String question) {
    return same(question).or(() -> nearest(terms.in(question)));
  }

  /** The entry that has this very wording, with confidence 1. */
  Optional<Match> same(String question) {
    return Optional.ofNullable(entriesOfNormalForms.get(NormalForm.of(question)))
        .map(entry -> new Match(entry, 1));
  }

  /** The {@link Evidence} for each of the candidates that BM25 proposes, by its number. */
  Map<Integer, Double> byWords(String question) {
    Map<String, Integer> asked = terms.in(question);
    SparseVector direction = vocabulary.direction(asked);
    SparseVector shares = vocabulary.shares(asked);
    Map<Integer, Double> found = new HashMap<>();
    candidates
        .find(telling(asked), HITS_MAX)
        .forEach(
            entry -> found.put(entry, entries.get(entry).nearness(direction, shares, evidence)));
    return found;
  }

  private Optional<Match> nearest(Map<String, Integer> question) {
    SparseVector direction = vocabulary.direction(question);
    SparseVector shares = vocabulary.shares(question);
    List<Match> best =
        candidates
            .find(telling(question), HITS_MAX)
            .mapToObj(entries::get)
            .map(near -> new Match(near.entry(), near.nearness(direction, shares, evidence)))
            .sorted(Comparator.comparingDouble(Match::confidence).reversed())
            .limit(2)
            .toList();
    double rival = best.size() < 2 ? 0 : RIVALRY * best.get(1).confidence();
    return best.stream()
        .findFirst()
        .map(winner -> new Match(winner.entry(), winner.confidence() - rival));
  }

  private List<String> telling(Map<String, Integer> question) {
    return question.keySet().stream()
        .filter(vocabulary::has)
        .sorted(Comparator.comparingDouble(vocabulary::weight).reversed())
        .limit(SEARCH_TERMS_MAX)
        .toList();
  }
}
