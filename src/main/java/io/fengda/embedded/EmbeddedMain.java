package io.fengda.embedded;

import akka.Done;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.fengda.Main;
import io.fengda.Progress;
import io.fengda.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs everything on one machine: PostgreSQL and Kafka as child processes, then the engine with the
 * demo tenants. The engine drains before they stop.
 */
public final class EmbeddedMain {
  /**
   * A node's answerer listens this far above its cluster port, unless FENGDA_ANSWERER_PORT is set.
   */
  private static final int ANSWERER_PORT_ABOVE_CLUSTER = 1_000;

  private static final String DATABASE_URL = "FENGDA_DATABASE_URL";
  private static final String KAFKA_BOOTSTRAP = "FENGDA_KAFKA_BOOTSTRAP";

  /** How long the services wait for the engine. */
  private static final Duration DRAIN_MAX = Duration.ofSeconds(60);

  private EmbeddedMain() {}

  public static void main(String[] args) {
    Main.logEverythingHere();
    try {
      run(Progress.on(System.out));
    } catch (StartException
        | EmbeddedStartException
        | IllegalArgumentException
        | ConfigException e) {
      System.err.println("fengda can not start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Progress progress) {
    ParentWatch.start(() -> System.exit(0));
    Config config = withEmbeddedServices(ConfigFactory.parseResourcesAnySyntax("embedded"));
    AtomicReference<ActorSystem<Void>> engine = new AtomicReference<>();
    if (startsServices(config)) {
      EmbeddedServices services =
          EmbeddedServices.start(
              new ServicesSpec(
                  Path.of(config.getString("fengda.embedded.data-directory")),
                  config.getInt("fengda.embedded.postgres-port"),
                  config.getInt("fengda.embedded.kafka-port")),
              progress::step);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(engine, services)));
    }
    engine.set(Main.start(Main.exitingWithSystem(config), progress));
    progress.say(howToTry(config));
  }

  /** Lets the engine drain, then stops what it stands on. */
  private static void stop(AtomicReference<ActorSystem<Void>> engine, EmbeddedServices services) {
    ActorSystem<Void> system = engine.get();
    if (system != null) {
      var unused =
          system
              .getWhenTerminated()
              .toCompletableFuture()
              .completeOnTimeout(Done.getInstance(), DRAIN_MAX.toMillis(), TimeUnit.MILLISECONDS)
              .join();
    }
    services.stop();
  }

  /** Not where others are given, nor where a node is joined that has them. */
  private static boolean startsServices(Config config) {
    boolean database = hasEnvironment(DATABASE_URL);
    if (database != hasEnvironment(KAFKA_BOOTSTRAP)) {
      throw new StartException(
          "set both %s and %s, or neither".formatted(DATABASE_URL, KAFKA_BOOTSTRAP));
    }
    return !database && config.getString("fengda.cluster.seed-nodes").isEmpty();
  }

  /** The configuration, pointed at the embedded services where no others are given. */
  private static Config withEmbeddedServices(Config raw) {
    Config config = ConfigFactory.load(raw);
    Map<String, Object> values = new LinkedHashMap<>();
    if (!hasEnvironment(DATABASE_URL)) {
      values.put(
          "fengda.database.url",
          "postgres://fengda:fengda@127.0.0.1:%d/fengda"
              .formatted(config.getInt("fengda.embedded.postgres-port")));
    }
    if (!hasEnvironment(KAFKA_BOOTSTRAP)) {
      values.put(
          "fengda.queue.bootstrap-servers",
          "127.0.0.1:" + config.getInt("fengda.embedded.kafka-port"));
    }
    if (!hasEnvironment("FENGDA_ANSWERER_PORT")) {
      values.put(
          "fengda.answerer.port",
          config.getInt("fengda.cluster.port") + ANSWERER_PORT_ABOVE_CLUSTER);
    }
    return ConfigFactory.load(ConfigFactory.parseMap(values).withFallback(raw));
  }

  private static boolean hasEnvironment(String name) {
    String value = System.getenv(name);
    return value != null && !value.isEmpty();
  }

  private static String howToTry(Config config) {
    String url =
        "http://%s:%d/v1"
            .formatted(config.getString("fengda.http.host"), config.getInt("fengda.http.port"));
    return """
    try:
      TOKEN=$(curl -s %1$s/sessions -H 'X-Api-Key: harbor-demo-key' \\
        -H 'Content-Type: application/json' -d '{"userId": "u-1"}' \\
        | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
      curl -s %1$s/conversations/main/messages -H "Authorization: Bearer $TOKEN" \\
        -H 'Content-Type: application/json' -d '{"text": "银行卡丢了怎么办"}'\
    """
        .formatted(url);
  }
}
