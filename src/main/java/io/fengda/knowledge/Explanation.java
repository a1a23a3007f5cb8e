package io.fengda.knowledge;

import java.util.List;

/**
 * What an answerer found for a question, and why it answers or not.
 *
 * @param vendor that was asked
 * @param candidates the nearest entries by falling confidence
 * @param threshold the least confidence of an answer
 * @param byMeaning whether meanings were compared, or words alone
 */
public record Explanation(
    String vendor, List<Candidate> candidates, double threshold, boolean byMeaning) {
  /**
   * An entry that may have been meant.
   *
   * @param confidence from 0, nothing in common, to 1, the same question
   */
  public record Candidate(String id, String question, double confidence) {}
}
