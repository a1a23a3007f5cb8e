package io.fengda;

import io.fengda.embedded.EmbeddedMain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own, on the tests' Java and class path. */
public final class Jvm {
  private Jvm() {}

  /** The command that runs a class, not started yet. */
  public static ProcessBuilder of(Class<?> main, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return new ProcessBuilder(command);
  }

  /**
   * The whole engine with everything embedded, not started yet.
   *
   * @param ports of HTTP, management, cluster, answerer, PostgreSQL and Kafka
   */
  static ProcessBuilder engine(List<Integer> ports, Path data, List<String> options) {
    ProcessBuilder builder = of(EmbeddedMain.class, options);
    builder
        .environment()
        .putAll(
            Map.of(
                "FENGDA_HTTP_PORT", ports.get(0).toString(),
                "FENGDA_MANAGEMENT_PORT", ports.get(1).toString(),
                "FENGDA_CLUSTER_PORT", ports.get(2).toString(),
                "FENGDA_ANSWERER_PORT", ports.get(3).toString(),
                "FENGDA_POSTGRES_PORT", ports.get(4).toString(),
                "FENGDA_KAFKA_PORT", ports.get(5).toString(),
                "FENGDA_DATA_DIR", data.toString()));
    return builder;
  }
}
