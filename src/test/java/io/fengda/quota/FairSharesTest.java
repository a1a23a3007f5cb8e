package io.fengda.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairSharesTest {
  @Test
  void whoAsksForLittleGetsItAndTheRestIsShared() {
    assertEquals(Map.of("a", 10L, "b", 45L, "c", 45L), shares(100, 10, 200, 300));
  }

  @Test
  void whatNobodyAsksForIsSharedEqually() {
    assertEquals(Map.of("a", 30L, "b", 40L, "c", 30L), shares(100, 0, 10, 0));
  }

  @Test
  void oneAloneGetsAll() {
    assertEquals(Map.of("a", 100L), shares(100, 7));
    assertEquals(Map.of("a", 100L), shares(100, 700));
  }

  @Test
  void nobodyGetsNothing() {
    assertEquals(Map.of("a", 1L, "b", 1L, "c", 1L), shares(2, 5, 5, 5));
    assertEquals(Map.of(), shares(2));
  }

  @Test
  void theSumIsNeverMoreThanTheTotalAndNobodyCouldHaveMoreThanOneWhoAsksForMore() {
    Random random = new Random(1);
    for (int run = 0; run < 1_000; run++) {
      int nodes = 1 + random.nextInt(8);
      long total = 1L * nodes + random.nextInt(1_000);
      Map<Integer, Long> demands = new HashMap<>();
      for (int node = 0; node < nodes; node++) {
        demands.put(node, 1L + random.nextInt(500));
      }

      Map<Integer, Long> shares = FairShares.of(total, demands);

      long sum = shares.values().stream().mapToLong(share -> share).sum();
      assertTrue(sum <= total, () -> demands + " of " + total + ": " + shares);
      assertTrue(sum > total - 2L * nodes, () -> demands + " of " + total + ": " + shares);
      long most = Collections.max(shares.values());
      shares.forEach(
          (node, share) -> {
            boolean hasEnough = share >= demands.getOrDefault(node, 0L);
            assertTrue(hasEnough || share > most - nodes, () -> demands + ": " + shares);
          });
    }
  }

  private static Map<String, Long> shares(long total, long... demands) {
    Map<String, Long> asked = new HashMap<>();
    for (int i = 0; i < demands.length; i++) {
      asked.put(Character.toString('a' + i), demands[i]);
    }
    return FairShares.of(total, asked);
  }
}
