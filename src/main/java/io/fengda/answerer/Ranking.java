package io.fengda.answerer;

import java.util.Comparator;
import java.util.List;

/**
 * How the likenesses of an entry make one score, and from which score it is the answer: fitted to
 * one tenant's knowledge in one language by {@link RankingFit}.
 *
 * @param meaning the weight of {@link Likeness#meaning}
 * @param learnt the weight of {@link Likeness#learnt}
 * @param words the weight of {@link Likeness#words}
 * @param threshold the least score of an answer
 * @param slope how fast confidence rises with the score
 * @param middle the score that is right as often as not
 */
record Ranking(
    double meaning, double learnt, double words, double threshold, double slope, double middle) {
  /** Below 1, which is the wording of an entry itself. */
  private static final double CONFIDENCE_MAX = 0.999;

  /** An entry and its score. */
  record Scored(int entry, double score) {}

  /** Weights alone, to be fitted further. */
  static Ranking weighing(double meaning, double learnt, double words) {
    return new Ranking(meaning, learnt, words, 0, 1, 0);
  }

  /** The entries by falling score; of two alike the first in the file. */
  List<Scored> rank(List<Likeness> likenesses) {
    return likenesses.stream()
        .map(one -> new Scored(one.entry(), score(one)))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .toList();
  }

  double score(Likeness likeness) {
    return meaning * likeness.meaning() + learnt * likeness.learnt() + words * likeness.words();
  }

  /** How often such a score is right: 0 to below 1. */
  double confidence(double score) {
    return Math.min(CONFIDENCE_MAX, 1 / (1 + Math.exp(-slope * (score - middle))));
  }
}
