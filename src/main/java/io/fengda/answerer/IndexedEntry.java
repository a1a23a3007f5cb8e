package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import java.util.List;
import java.util.Map;

/**
 * An entry in the form that questions are compared with.
 *
 * @param wordings the directions of the question and of each alternative
 * @param answer which terms the answer has
 */
record IndexedEntry(KnowledgeEntry entry, List<SparseVector> wordings, SparseVector answer) {

  static IndexedEntry of(KnowledgeEntry entry, Terms terms, Vocabulary vocabulary) {
    return new IndexedEntry(
        entry,
        terms.wordings().stream().map(vocabulary::direction).toList(),
        vocabulary.presence(terms.answer()));
  }

  /** How near a question is, by its direction and the shares of its terms: 0 to below 1. */
  double nearness(SparseVector direction, SparseVector shares, Evidence evidence) {
    double[] rising = wordings.stream().mapToDouble(direction::dot).sorted().toArray();
    double[] falling = new double[Math.min(3, rising.length)];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = rising[rising.length - 1 - i];
    }
    return evidence.combine(falling, shares.dot(answer));
  }

  /** The terms of an entry's texts, counted. */
  record Terms(List<Map<String, Integer>> wordings, Map<String, Integer> answer) {
    static Terms of(KnowledgeEntry entry, TextTerms terms) {
      return new Terms(entry.wordings().stream().map(terms::in).toList(), terms.in(entry.answer()));
    }
  }
}
