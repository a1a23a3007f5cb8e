package io.fengda.operator;

import java.util.List;
import java.util.Map;

/**
 * What one node has counted since it started, as far as an operator's page shows it. Counters only
 * grow while the node lives: rates are their differences.
 *
 * @param turns that ended here, by outcome: {@code answer}, {@code fallback}, {@code cancelled}
 * @param refusals messages and calls that were refused here, by reason
 * @param open turns that are open here now
 * @param openLimit how many may be, 0 where the node has no conversations
 * @param stations of a message's way, in its order
 * @param behind the readers of Kafka's topics, as this node sees them
 * @param breakers guards of vendors on this node
 * @param tenants those with the most turns and refusals, at most {@link FigureReader#TENANTS_MAX}
 */
record Figures(
    Map<String, Long> turns,
    Map<String, Long> refusals,
    long open,
    long openLimit,
    List<Station> stations,
    List<Behind> behind,
    Breakers breakers,
    List<TenantTurns> tenants) {

  /**
   * What messages spent at a station.
   *
   * @param count of those that passed
   * @param maxSeconds the longest of late
   * @param buckets how many took no longer than so many seconds; empty where that is not counted
   */
  record Station(
      String name, long count, double totalSeconds, double maxSeconds, List<Bucket> buckets) {}

  record Bucket(double seconds, double count) {}

  /** How many records of a topic are not finished, and how old the oldest of them is. */
  record Behind(String topic, double records, double oldestSeconds) {}

  /**
   * The breakers of tenants' vendors.
   *
   * @param all how many there are
   * @param open those that let no call through, at most {@link FigureReader#TENANTS_MAX}
   */
  record Breakers(int all, List<TenantVendor> open) {}

  record TenantVendor(String tenant, String vendor) {}

  record TenantTurns(String tenant, long turns, long fallbacks, long refusals) {}
}
