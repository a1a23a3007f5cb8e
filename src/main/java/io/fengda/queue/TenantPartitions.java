package io.fengda.queue;

import io.fengda.tenant.TenantId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Each tenant's share of the partitions (shuffle sharding): the same on every node, and seldom the
 * same as another tenant's. Thread-safe.
 */
final class TenantPartitions {
  private final int partitions;
  private final int share;
  private final long stayMillis;
  private final InstantSource clock;
  private final long salt;
  private final ConcurrentHashMap<TenantId, int[]> shares = new ConcurrentHashMap<>();

  /**
   * Makes the shares.
   *
   * @param stay how long a tenant's queries go to the same partition, so that they go in one batch
   * @param random what keeps nodes from choosing alike
   */
  TenantPartitions(
      int partitions, int share, Duration stay, InstantSource clock, RandomGenerator random) {
    this.partitions = partitions;
    this.share = Math.min(share, partitions);
    this.stayMillis = Math.max(1, stay.toMillis());
    this.clock = clock;
    this.salt = random.nextLong();
  }

  /** One of the tenant's partitions; as good as random from one stay to the next. */
  int next(TenantId tenant) {
    int[] own = shares.computeIfAbsent(tenant, this::shareOf);
    long stay = salt + clock.millis() / stayMillis;
    return own[new SplittableRandom(stay).nextInt(own.length)];
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
