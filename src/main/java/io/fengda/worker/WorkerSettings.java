package io.fengda.worker;

import com.typesafe.config.Config;

/**
 * Reads {@code fengda.worker}.
 *
 * @param window records of the queries that a node has taken and not finished
 * @param runningMax queries of one tenant that run at once on a node
 * @param waitingMax queries of one tenant that wait there
 * @param cancelsMax cancelled attempts that a node remembers
 */
public record WorkerSettings(int window, int runningMax, int waitingMax, int cancelsMax) {
  /** Tenants that are stuck before others have to wait for them. */
  private static final int STUCK_TENANTS = 4;

  public WorkerSettings {
    if (runningMax < 1 || waitingMax < 0 || cancelsMax < 1) {
      throw new IllegalArgumentException(
          "fengda.worker: running-max %d, waiting-max %d, cancels-max %d"
              .formatted(runningMax, waitingMax, cancelsMax));
    }
    if (window < STUCK_TENANTS * (runningMax + waitingMax)) {
      throw new IllegalArgumentException(
          "fengda.worker: window %d below %d times running-max %d and waiting-max %d"
              .formatted(window, STUCK_TENANTS, runningMax, waitingMax));
    }
  }

  public static WorkerSettings from(Config root) {
    Config config = root.getConfig("fengda.worker");
    return new WorkerSettings(
        config.getInt("window"),
        config.getInt("running-max"),
        config.getInt("waiting-max"),
        config.getInt("cancels-max"));
  }
}
