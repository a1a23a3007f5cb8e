package io.fengda.answerer;

import io.fengda.tenant.Language;

/**
 * How sure each likeness between a question and an entry makes us, from 0 to below 1.
 *
 * <p>Likenesses add up as independent reasons do: {@code 1 - (1 - a x)(1 - b y)…} with the trust
 * {@code a} in a likeness {@code x} (noisy or; Pearl, Probabilistic Reasoning in Intelligent
 * Systems, 1988). The trusts come from leaving each alternative of the demo knowledge out in turn;
 * they differ by language so that one threshold fits both.
 *
 * @param first trust in the nearest wording's cosine
 * @param second trust in the second nearest
 * @param third trust in the third nearest
 * @param answer trust in the share of the question that the answer's text covers
 */
record Evidence(double first, double second, double third, double answer) {
  private static final Evidence CHINESE = new Evidence(0.8, 0.4, 0.2, 0.8);
  private static final Evidence ENGLISH = new Evidence(0.7, 0.35, 0.15, 0.45);

  static Evidence of(Language language) {
    return switch (language) {
      case ZH -> CHINESE;
      case EN -> ENGLISH;
    };
  }

  /** From 0 to below 1; {@code cosines} falling, as many as there are up to three. */
  double combine(double[] cosines, double answerShare) {
    double doubt = 1 - answer * answerShare;
    double[] trusts = {first, second, third};
    for (int i = 0; i < Math.min(trusts.length, cosines.length); i++) {
      doubt *= 1 - trusts[i] * cosines[i];
    }
    return Math.clamp(1 - doubt, 0.0, 1.0);
  }
}
