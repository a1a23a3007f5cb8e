package io.fengda.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How an engine is started. What is added later wins.
 *
 * @param settings of its configuration, as system properties
 * @param environment variables of each node
 * @param options of each node's JVM
 */
record EngineSpec(
    List<Tenant> tenants,
    Map<String, String> settings,
    Map<String, String> environment,
    List<String> options,
    String classPath) {
  private static final String CLASSES = "classpath=";
  private static final Path REPOSITORY = Path.of("..");
  private static final Pattern COLLECTOR =
      Pattern.compile("-XX:\\+Use(Serial|Parallel|G1|Z|Shenandoah|Epsilon)GC");

  /** Two collectors at once are refused by the JVM, so these two stand back for another. */
  private static final List<String> SERIAL = List.of("-XX:NewRatio=1", "-XX:+UseSerialGC");

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx1g",
          "-XX:MetaspaceSize=192m",
          "-XX:+UseCompactObjectHeaders",
          "-Djava.util.concurrent.ForkJoinPool.common.parallelism=4",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  /** The engine of this repository with its default settings. */
  static EngineSpec of(List<Tenant> tenants) {
    return new EngineSpec(
        tenants, Map.of(), Map.of(), List.of(), System.getProperty("engine.classpath"));
  }

  EngineSpec setting(String key, String value) {
    return new EngineSpec(tenants, plus(settings, key, value), environment, options, classPath);
  }

  EngineSpec environment(String name, String value) {
    return new EngineSpec(tenants, settings, plus(environment, name, value), options, classPath);
  }

  EngineSpec options(List<String> more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(more);
    return new EngineSpec(tenants, settings, environment, List.copyOf(all), classPath);
  }

  /**
   * What was asked for on the command line: {@code KEY=VALUE} is a setting, {@code -X…} an option
   * of the JVM, {@code classpath=DIR} a folder of another build's classes.
   */
  EngineSpec with(List<String> arguments) {
    EngineSpec spec = this;
    for (String argument : arguments) {
      if (argument.startsWith("-X")) {
        spec = spec.options(List.of(argument));
      } else if (argument.startsWith(CLASSES)) {
        spec = spec.classes(argument.substring(CLASSES.length()));
      } else if (argument.indexOf('=') > 0) {
        String[] pair = argument.split("=", 2);
        spec = spec.setting(pair[0], pair[1]);
      } else {
        throw new UsageException(
            "'%s' is none of KEY=VALUE, -X… and classpath=DIR".formatted(argument));
      }
    }
    return spec;
  }

  /** In place of this build's own, which come first. */
  private EngineSpec classes(String folder) {
    Path classes = REPOSITORY.resolve(folder).toAbsolutePath().normalize();
    if (!Files.isDirectory(classes.resolve("io/fengda"))) {
      throw new UsageException(
          "classpath=%s: there are no classes of an engine in it".formatted(folder));
    }
    String libraries = classPath.substring(classPath.indexOf(File.pathSeparatorChar));
    return new EngineSpec(tenants, settings, environment, options, classes + libraries);
  }

  /** What the JVM of a node is given. */
  List<String> jvmOptions() {
    List<String> all = new ArrayList<>(OPTIONS);
    if (options.stream().noneMatch(option -> COLLECTOR.matcher(option).matches())) {
      all.addAll(SERIAL);
    }
    all.addAll(options);
    all.addAll(properties(tenants, settings));
    return all;
  }

  /** Tenants and settings as options of a JVM. */
  static List<String> properties(List<Tenant> tenants, Map<String, String> settings) {
    List<String> all = new ArrayList<>();
    tenants.forEach(tenant -> tenant.properties().forEach((k, v) -> all.add("-D" + k + "=" + v)));
    settings.forEach((key, value) -> all.add("-D" + key + "=" + value));
    return all;
  }

  private static Map<String, String> plus(Map<String, String> known, String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(known);
    all.put(key, value);
    return all;
  }
}
