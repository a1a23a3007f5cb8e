package io.fengda.answerer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The terms of a tenant's knowledge and how much each tells.
 *
 * <p>A term's weight is BM25's inverse document frequency, {@code ln(1 + (n - d + 0.5) / (d +
 * 0.5))}, over the wordings: {@code n} of them, {@code d} with the term (Robertson and Zaragoza,
 * The Probabilistic Relevance Framework, 2009). A term that no wording has weighs the most, so a
 * question about something else is far from everything.
 */
final class Vocabulary {
  private final Map<String, Integer> ordinals = new HashMap<>();
  private final List<Integer> wordingsOfTerms = new ArrayList<>();
  private final int wordings;

  private Vocabulary(int wordings) {
    this.wordings = wordings;
  }

  static Vocabulary of(
      Collection<Map<String, Integer>> wordings, Collection<Map<String, Integer>> answers) {
    Vocabulary vocabulary = new Vocabulary(wordings.size());
    wordings.forEach(wording -> vocabulary.add(wording, 1));
    answers.forEach(answer -> vocabulary.add(answer, 0));
    return vocabulary;
  }

  private void add(Map<String, Integer> counts, int wording) {
    for (String term : counts.keySet()) {
      int ordinal = ordinals.computeIfAbsent(term, unused -> ordinals.size());
      if (ordinal == wordingsOfTerms.size()) {
        wordingsOfTerms.add(0);
      }
      wordingsOfTerms.set(ordinal, wordingsOfTerms.get(ordinal) + wording);
    }
  }

  boolean has(String term) {
    return ordinals.containsKey(term);
  }

  double weight(String term) {
    Integer ordinal = ordinals.get(term);
    int with = ordinal == null ? 0 : wordingsOfTerms.get(ordinal);
    return Math.log(1 + (wordings - with + 0.5) / (with + 0.5));
  }

  /** The terms weighed by rarity and, slowly, by count, with length 1: a dot is a cosine. */
  SparseVector direction(Map<String, Integer> counts) {
    Map<String, Double> weights = new HashMap<>();
    counts.forEach((term, count) -> weights.put(term, (1 + Math.log(count)) * weight(term)));
    double length = Math.sqrt(weights.values().stream().mapToDouble(w -> w * w).sum());
    return known(weights, length);
  }

  /** Each term's part of what the terms tell together; the parts of all terms sum to 1. */
  SparseVector shares(Map<String, Integer> counts) {
    Map<String, Double> weights = new HashMap<>();
    counts.keySet().forEach(term -> weights.put(term, weight(term)));
    return known(weights, weights.values().stream().mapToDouble(w -> w).sum());
  }

  /** 1 for each term: a dot with shares is the share that the terms cover. */
  SparseVector presence(Map<String, Integer> counts) {
    Map<String, Double> weights = new HashMap<>();
    counts.keySet().forEach(term -> weights.put(term, 1.0));
    return known(weights, 1);
  }

  private SparseVector known(Map<String, Double> weights, double divisor) {
    Map<Integer, Double> known = new HashMap<>();
    weights.forEach(
        (term, weight) -> {
          Integer ordinal = ordinals.get(term);
          if (ordinal != null) {
            known.put(ordinal, weight / divisor);
          }
        });
    return SparseVector.of(known);
  }
}
