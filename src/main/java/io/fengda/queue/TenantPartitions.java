package io.fengda.queue;

import io.fengda.tenant.TenantId;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Each tenant's share of the partitions (shuffle sharding): the same on every node, and seldom the
 * same as another tenant's. Thread-safe.
 */
final class TenantPartitions {
  private final int partitions;
  private final int share;
  private final StickyChoice choice;
  private final ConcurrentHashMap<TenantId, int[]> shares = new ConcurrentHashMap<>();

  /**
   * Makes the shares.
   *
   * @param choice which of its partitions a tenant's queries go to
   */
  TenantPartitions(int partitions, int share, StickyChoice choice) {
    this.partitions = partitions;
    this.share = Math.min(share, partitions);
    this.choice = choice;
  }

  /** One of the tenant's partitions; as good as random from one stay to the next. */
  int next(TenantId tenant) {
    int[] own = shares.computeIfAbsent(tenant, this::shareOf);
    return own[choice.below(own.length)];
  }

  int[] shareOf(TenantId tenant) {
    int[] all = IntStream.range(0, partitions).toArray();
    Random shuffle = new Random(tenant.value().hashCode());
    for (int at = 0; at < share; at++) {
      int other = at + shuffle.nextInt(partitions - at);
      int swapped = all[at];
      all[at] = all[other];
      all[other] = swapped;
    }
    return Arrays.copyOf(all, share);
  }
}
