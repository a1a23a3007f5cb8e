package io.fengda.k8s;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.MetricsExtension;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * What a node's {@code /metrics} can say: each metric with its labels, read from a scrape of the
 * real registry after everything that {@link Metrics} counts was counted once.
 */
final class ExposedMetrics {
  private static final Pattern SAMPLE =
      Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+$", Pattern.MULTILINE);

  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"");

  private ExposedMetrics() {}

  static Map<String, Set<String>> read() {
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "metrics",
            ConfigFactory.parseString("akka.actor.provider = local")
                .withFallback(ConfigFactory.defaultReference()));
    try {
      Metrics metrics = MetricsExtension.metrics(system);
      countEverything(metrics);
      PrometheusMeterRegistry registry = (PrometheusMeterRegistry) metrics.registry();
      // A pause is counted a moment after it, by another thread.
      System.gc();
      Awaitility.await().until(() -> registry.scrape().contains("jvm_gc_pause_seconds_sum"));
      return parsed(registry.scrape());
    } finally {
      system.terminate();
      var unused = system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static void countEverything(Metrics metrics) {
    for (Method method : Metrics.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && !Modifier.isStatic(method.getModifiers())
          && Set.of(void.class, Consumer.class).contains(method.getReturnType())) {
        try {
          Object counter =
              method.invoke(
                  metrics,
                  Arrays.stream(method.getParameterTypes()).map(ExposedMetrics::some).toArray());
          if (counter instanceof Consumer<?> times) {
            @SuppressWarnings("unchecked")
            Consumer<Duration> timer = (Consumer<Duration>) times;
            timer.accept(Duration.ofMillis(1));
          }
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(method.toString(), e);
        }
      }
    }
  }

  /** Any value of a type that is counted or told by. */
  private static Object some(Class<?> type) {
    if (type == String.class) {
      return "some";
    } else if (type == Duration.class) {
      return Duration.ofMillis(1);
    } else if (type == int.class) {
      return 1;
    } else if (type == long.class) {
      return 1L;
    } else if (type == double.class) {
      return 1.0;
    } else if (type == boolean.class) {
      return true;
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type.isInterface()) {
      return Proxy.newProxyInstance(
          type.getClassLoader(),
          new Class<?>[] {type},
          (proxy, method, arguments) -> some(method.getReturnType()));
    }
    throw new AssertionError("no example of a " + type);
  }

  private static Map<String, Set<String>> parsed(String scrape) {
    Map<String, Set<String>> metrics = new HashMap<>();
    Matcher sample = SAMPLE.matcher(scrape);
    while (sample.find()) {
      Set<String> labels = metrics.computeIfAbsent(sample.group(1), name -> new HashSet<>());
      if (sample.group(2) != null) {
        Matcher label = LABEL.matcher(sample.group(2));
        while (label.find()) {
          labels.add(label.group(1));
        }
      }
    }
    return metrics;
  }
}
