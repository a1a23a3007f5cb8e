package io.fengda.operator;

import io.fengda.telemetry.Readiness.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole cluster, as one node sees it and as every node tells about itself.
 *
 * @param servedBy the node that says so, {@code host:port}
 * @param drain whether nodes may be drained from the page
 */
record ClusterReport(String servedBy, long atMillis, boolean drain, List<Member> members) {

  /**
   * A member of the cluster.
   *
   * @param node {@code host:port} of its cluster port: its name
   * @param status Akka's, in lower case: {@code joining}, {@code up}, {@code leaving}, …
   * @param oldest of all: it places the shards
   * @param report what it tells; null where it does not answer
   * @param notDrainable why it can not be drained now; null where it can
   */
  record Member(
      String node,
      String status,
      List<String> roles,
      boolean reachable,
      boolean oldest,
      @Nullable NodeReport report,
      @Nullable DrainRefusal notDrainable) {

    /** Whether its work is there for others. */
    boolean works() {
      return status.equals("up") && reachable && report != null && report.phase() == Phase.STARTED;
    }

    /** Whether it is on its way out, whoever asked for that. */
    boolean leaves() {
      return switch (status) {
        case "leaving", "exiting", "down", "removed" -> true;
        default -> report != null && report.phase() == Phase.STOPPING;
      };
    }

    Member with(@Nullable DrainRefusal refusal) {
      return new Member(node, status, roles, reachable, oldest, report, refusal);
    }
  }
}
