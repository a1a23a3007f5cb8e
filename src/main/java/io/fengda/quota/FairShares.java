package io.fengda.quota;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Max-min fairness (Bertsekas and Gallager, Data Networks, 6.5.2): nobody gets more than it asks
 * for as long as somebody who asks for more has less; what is left over is shared equally, for what
 * comes next.
 */
final class FairShares {
  private FairShares() {}

  /**
   * Shares out.
   *
   * @param total what there is
   * @param demands what each asks for
   * @return what each gets: at least 1, and so more than the total in all where there are more who
   *     ask than there is to get
   */
  static <K> Map<K, Long> of(long total, Map<K, Long> demands) {
    List<Map.Entry<K, Long>> smallestFirst = new ArrayList<>(demands.entrySet());
    smallestFirst.sort(Comparator.comparingLong(Map.Entry::getValue));
    Map<K, Long> shares = new HashMap<>();
    long left = total;
    int waiting = smallestFirst.size();
    for (Map.Entry<K, Long> one : smallestFirst) {
      long share = Math.min(one.getValue(), left / waiting);
      shares.put(one.getKey(), share);
      left -= share;
      waiting--;
    }
    long spare = demands.isEmpty() ? 0 : left / demands.size();
    shares.replaceAll((who, share) -> Math.max(1, share + spare));
    return shares;
  }
}
