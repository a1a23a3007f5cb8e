package io.fengda.conversation;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where objects live that have outlived some collections. After a full collection what is there is
 * alive; at other times garbage is among it.
 *
 * @param collections how many full collections there were
 * @param alive after the last of them, of the most that there may be: 0 to 1; 0 before the first
 * @param used now, of the same
 */
record OldGeneration(long collections, double alive, double used) {
  /** The pool that a full collection empties, by the collector's name. With G1 it may be all. */
  private static final Map<String, String> POOLS =
      Map.of(
          "MarkSweepCompact", "Tenured Gen",
          "PS MarkSweep", "PS Old Gen",
          "G1 Old Generation", "G1 Old Gen");

  /** Of this JVM; with a collector that has no full collections it is always empty. */
  static OldGeneration now() {
    for (GarbageCollectorMXBean collector :
        ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class)) {
      String pool = POOLS.get(collector.getName());
      if (pool != null) {
        return of(collector.getLastGcInfo(), pool);
      }
    }
    return new OldGeneration(0, 0, 0);
  }

  private static OldGeneration of(@Nullable GcInfo last, String pool) {
    MemoryUsage now =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(one -> one.getName().equals(pool))
            .map(MemoryPoolMXBean::getUsage)
            .findFirst()
            .orElseThrow();
    double max = now.getMax() > 0 ? now.getMax() : Runtime.getRuntime().maxMemory();
    MemoryUsage alive = last == null ? null : last.getMemoryUsageAfterGc().get(pool);
    return last == null || alive == null
        ? new OldGeneration(0, 0, now.getUsed() / max)
        : new OldGeneration(last.getId(), alive.getUsed() / max, now.getUsed() / max);
  }
}
