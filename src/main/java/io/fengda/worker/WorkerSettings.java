package io.fengda.worker;

import com.typesafe.config.Config;

/**
 * Reads {@code fengda.worker}.
 *
 * @param parallelism queries that a node works on at once
 * @param cancelsMax cancelled attempts that a node remembers
 */
public record WorkerSettings(int parallelism, int cancelsMax) {
  public WorkerSettings {
    if (parallelism < 1 || cancelsMax < 1) {
      throw new IllegalArgumentException(
          "fengda.worker: parallelism %d, cancels-max %d".formatted(parallelism, cancelsMax));
    }
  }

  public static WorkerSettings from(Config root) {
    Config config = root.getConfig("fengda.worker");
    return new WorkerSettings(config.getInt("parallelism"), config.getInt("cancels-max"));
  }
}
