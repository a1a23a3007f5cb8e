package io.fengda.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tenant's share of the partitions. */
class TenantPartitionsTest {
  private static final TenantId BANK = TenantId.of("bank");
  private static final int PARTITIONS = 12;
  private static final int SHARE = 4;
  private static final Duration STAY = Duration.ofMillis(5);

  private Instant now = Instant.parse("2026-11-30T00:00:00Z");

  @Test
  void isTheSameOnEveryNode() {
    TenantPartitions here = partitions(PARTITIONS, SHARE, 1);
    TenantPartitions there = partitions(PARTITIONS, SHARE, 2);

    assertArrayEquals(here.shareOf(BANK), there.shareOf(BANK));
    assertArrayEquals(new int[] {11, 5, 3, 0}, here.shareOf(BANK));
  }

  @ParameterizedTest
  @CsvSource({"12, 4, 4", "12, 12, 12", "12, 1, 1", "1, 4, 1", "3, 600, 3", "600, 60, 60"})
  void hasTheConfiguredSizeOrAllThereAre(int partitions, int share, int expected) {
    TenantPartitions some = partitions(partitions, share, 1);

    Set<Integer> own = Arrays.stream(some.shareOf(BANK)).boxed().collect(Collectors.toSet());

    assertEquals(expected, own.size());
    assertTrue(own.stream().allMatch(at -> at >= 0 && at < partitions), own::toString);
  }

  @Test
  void isUsedToTheLastPartitionAndNeverLeft() {
    TenantPartitions partitions = partitions(PARTITIONS, SHARE, 1);

    Set<Integer> used =
        IntStream.range(0, 200).mapToObj(query -> nextStay(partitions)).collect(Collectors.toSet());

    assertEquals(Arrays.stream(partitions.shareOf(BANK)).boxed().collect(Collectors.toSet()), used);
  }

  @Test
  void isNotLeftWhileABatchIsFilled() {
    TenantPartitions partitions = partitions(PARTITIONS, SHARE, 1);
    int first = partitions.next(BANK);

    now = now.plus(STAY).minusMillis(1);

    assertEquals(first, partitions.next(BANK));
  }

  @Test
  void isTakenInAnotherOrderByEveryNode() {
    TenantPartitions here = partitions(PARTITIONS, SHARE, 1);
    TenantPartitions there = partitions(PARTITIONS, SHARE, 2);

    long same = IntStream.range(0, 100).filter(stay -> nextStay(here) == there.next(BANK)).count();

    assertTrue(same < 60, () -> same + " of 100 stays are on the same partition");
  }

  private int nextStay(TenantPartitions partitions) {
    now = now.plus(STAY);
    return partitions.next(BANK);
  }

  @Test
  void isSeldomAnotherTenants() {
    TenantPartitions partitions = partitions(PARTITIONS, SHARE, 1);
    List<Set<Integer>> shares = sharesOf(100, partitions);

    long pairs = IntStream.range(1, shares.size()).filter(at -> same(shares, at - 1, at)).count();

    assertTrue(pairs <= 2, () -> pairs + " neighbours of 99 share all their partitions");
  }

  @Test
  void loadsEveryPartitionAboutAlike() {
    TenantPartitions partitions = partitions(PARTITIONS, SHARE, 1);
    int tenants = 300;
    int mean = tenants * SHARE / PARTITIONS;

    List<Long> tenantsOn =
        IntStream.range(0, PARTITIONS)
            .mapToObj(
                at ->
                    sharesOf(tenants, partitions).stream()
                        .filter(share -> share.contains(at))
                        .count())
            .toList();

    assertTrue(
        tenantsOn.stream().allMatch(count -> count > mean / 2 && count < mean * 3 / 2),
        tenantsOn::toString);
  }

  private TenantPartitions partitions(int partitions, int share, long seed) {
    return new TenantPartitions(
        partitions, share, new StickyChoice(STAY, () -> now, new Random(seed)));
  }

  private static boolean same(List<Set<Integer>> shares, int one, int other) {
    return shares.get(one).equals(shares.get(other));
  }

  private static List<Set<Integer>> sharesOf(int tenants, TenantPartitions partitions) {
    return IntStream.range(0, tenants)
        .mapToObj(tenant -> partitions.shareOf(TenantId.of("tenant-" + tenant)))
        .map(share -> Arrays.stream(share).boxed().collect(Collectors.toSet()))
        .toList();
  }
}
