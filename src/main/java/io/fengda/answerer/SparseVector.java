package io.fengda.answerer;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Weights of a few of many terms, each term a number. Immutable. */
final class SparseVector {
  private final int[] terms;
  private final float[] weights;

  private SparseVector(int[] terms, float[] weights) {
    this.terms = terms;
    this.weights = weights;
  }

  static SparseVector of(Map<Integer, Double> weightsOfTerms) {
    SortedMap<Integer, Double> sorted = new TreeMap<>(weightsOfTerms);
    int[] terms = new int[sorted.size()];
    float[] weights = new float[sorted.size()];
    int i = 0;
    for (Map.Entry<Integer, Double> weight : sorted.entrySet()) {
      terms[i] = weight.getKey();
      weights[i] = weight.getValue().floatValue();
      i++;
    }
    return new SparseVector(terms, weights);
  }

  double dot(SparseVector other) {
    double sum = 0;
    int i = 0;
    int j = 0;
    while (i < terms.length && j < other.terms.length) {
      int order = Integer.compare(terms[i], other.terms[j]);
      if (order == 0) {
        sum += (double) weights[i] * other.weights[j];
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return sum;
  }

  @Override
  public String toString() {
    return Arrays.toString(terms) + Arrays.toString(weights);
  }
}
