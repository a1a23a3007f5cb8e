package io.fengda.bench.autoscale;

import java.util.random.RandomGenerator;

/** How unevenly tenants of different size fill the partitions: each has a few of them. */
final class TenantShares {
  private TenantShares() {}

  /** By partition, its part of all queries; the sum is 1. */
  static double[] of(int partitions, Conditions conditions, RandomGenerator random) {
    int tenants = (int) conditions.get(Condition.TENANTS);
    int own = Math.min(partitions, (int) conditions.get(Condition.TENANT_PARTITIONS));
    double skew = conditions.get(Condition.SKEW);
    double[] shares = new double[partitions];
    double sum = 0;
    for (int tenant = 1; tenant <= tenants; tenant++) {
      double size = Math.pow(tenant, -skew);
      sum += size;
      for (int partition : random.ints(0, partitions).distinct().limit(own).toArray()) {
        shares[partition] += size / own;
      }
    }
    for (int partition = 0; partition < partitions; partition++) {
      shares[partition] /= sum;
    }
    return shares;
  }
}
