package io.fengda;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.embedded.EmbeddedKafka;
import io.fengda.embedded.EmbeddedPostgres;
import io.fengda.embedded.EmbeddedServices;
import io.fengda.embedded.KafkaSpec;
import io.fengda.embedded.PostgresSpec;
import io.fengda.embedded.ServicesSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One engine with all roles, on a real PostgreSQL and a real Kafka, with the demo tenants and some
 * whose vendors are scripted. Started once for all tests of a run, and ended with the JVM.
 */
public final class TestEngine {
  /** A tenant whose vendor is scripted; deadline 1.5 s. */
  public static final String SCRIPTED = "scripted";

  /** A tenant whose vendor listens nowhere. */
  public static final String DOWN = "down";

  /** A tenant whose conversations are kept for two seconds. */
  public static final String BRIEF = "brief";

  /** Tenants with another overlap policy than {@code QUEUE}. */
  public static final String MERGING = "merging";

  public static final String INTERRUPTING = "interrupting";
  public static final String REJECTING = "rejecting";

  /** A tenant whose customers chat on pages, also on {@link #otherSite}; deadline 20 s. */
  public static final String PAGES = "pages";

  /** A tenant with one open turn and three messages a second. */
  public static final String TINY = "tiny";

  /** Signs the tokens of those who run the platform. */
  public static final String PLATFORM_KEY = "the-platform-s-own-key-of-32-bytes-or-more";

  /** Queries of one tenant that run, and wait, at its worker. */
  static final int RUNNING_MAX = 24;

  static final int WAITING_MAX = 40;

  private static @Nullable TestEngine running;

  private final Path data;
  private final int postgresPort;
  private final int kafkaPort;
  private final ScriptedVendor vendor;
  private final FengdaClient client;
  private final ActorSystem<Void> system;
  private final int managementPort;
  private final int httpPort;
  private final int otherSite;
  private final int exampleVendorPort;
  private final int vendorPort;
  private final int answererPort;
  private final EmbeddedServices services;
  private EmbeddedPostgres postgres;
  private EmbeddedKafka kafka;

  private TestEngine() {
    List<Integer> ports = FreePorts.of(10);
    data = directory();
    postgresPort = ports.get(0);
    kafkaPort = ports.get(1);
    services =
        EmbeddedServices.start(
            new ServicesSpec(data, postgresPort, kafkaPort), System.out::println);
    postgres = services.postgres();
    kafka = services.kafka();
    vendorPort = ports.get(2);
    vendor = ScriptedVendor.start(vendorPort);
    httpPort = ports.get(3);
    answererPort = ports.get(6);
    managementPort = ports.get(4);
    otherSite = ports.get(8);
    exampleVendorPort = ports.get(9);
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseString(settings(ports))
                .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
    system = Main.start(config, Progress.on(System.out));
    client = FengdaClient.of(httpPort);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
  }

  public static synchronized TestEngine get() {
    TestEngine engine = running;
    if (engine == null) {
      engine = new TestEngine();
      running = engine;
    }
    return engine;
  }

  /** Where the scripted vendor listens. */
  public int vendorPort() {
    return vendorPort;
  }

  /** Where the answerer listens. */
  public int answererPort() {
    return answererPort;
  }

  public FengdaClient client() {
    return client;
  }

  public ScriptedVendor vendor() {
    return vendor;
  }

  public int httpPort() {
    return httpPort;
  }

  /** A port that is free for a site whose pages may call for {@link #PAGES}. */
  public int otherSite() {
    return otherSite;
  }

  /** Where the vendor of the tenant {@code example} is looked for; nobody is there. */
  public int exampleVendorPort() {
    return exampleVendorPort;
  }

  public int managementPort() {
    return managementPort;
  }

  public ActorSystem<Void> system() {
    return system;
  }

  public String databaseUrl() {
    return "postgres://fengda:fengda@127.0.0.1:" + postgresPort + "/fengda";
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + kafkaPort;
  }

  public void stopPostgres() {
    postgres.stop();
  }

  /** Starts PostgreSQL again on the same data. */
  public void startPostgres() {
    postgres = EmbeddedPostgres.start(new PostgresSpec(data, postgresPort));
  }

  public void stopKafka() {
    kafka.stop();
  }

  /** Starts Kafka again on the same data. */
  public void startKafka() {
    kafka = EmbeddedKafka.start(new KafkaSpec(data, kafkaPort, 0));
  }

  private void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    vendor.close();
    kafka.stop();
    postgres.stop();
    services.stop();
  }

  private static Path directory() {
    try {
      Files.createDirectories(Path.of("target"));
      return Files.createTempDirectory(Path.of("target"), "engine-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String settings(List<Integer> ports) {
    return """
    fengda {
      database.url = "postgres://fengda:fengda@127.0.0.1:%d/fengda"
      queue.bootstrap-servers = "127.0.0.1:%d"
      http.port = %d
      http.body-timeout = 1s
      http.slow-reader-timeout = 3s
      # The bounded buffer to Kafka is to fill up first; LoadLimitTest is about this one.
      conversation.open-turns-min = 2000
      queue.buffer-max = 128
      worker { running-max = %d, waiting-max = %d }
      # Tests fail a vendor on purpose and share its breaker: VendorGuardTest has its own.
      vendor.guard.failures-max = 1000
      cluster.management-port = %d
      cluster.port = %d
      answerer.port = %d
      start-timeout = 60s
      identity.platform-key = "%s"
      administration { erase-after = 2s, erase-for = 4s }
      tenants.scripted = ${test-tenant} {
        secret-keys = ["scripted-demo-key"], publishable-keys = ["scripted-public-key"]
        token-secret = "scripted-token-secret-of-32-bytes-or-more"
        vendors = [{ name = "script", host = "127.0.0.1", port = %d, tls = false }]
      }
      tenants.down = ${test-tenant} {
        secret-keys = ["down-demo-key"]
        token-secret = "down-token-secret-of-32-bytes-or-more---"
        vendors = [{ name = "nobody", host = "127.0.0.1", port = %d, tls = false }]
      }
      retention { pass-interval = 5s, grace = 8s, pause = 1ms }
      tenants.brief = ${test-script} {
        secret-keys = ["brief-demo-key"], retention = 2s
        token-secret = "brief-token-secret-of-32-bytes-or-more--"
      }
      tenants.merging = ${test-script} {
        secret-keys = ["merging-demo-key"], overlap = MERGE
        token-secret = "merging-token-secret-of-32-bytes-or-more"
      }
      tenants.interrupting = ${test-script} {
        secret-keys = ["interrupting-demo-key"], overlap = INTERRUPT
        token-secret = "interrupting-token-secret-of-32-bytes-or"
      }
      tenants.rejecting = ${test-script} {
        secret-keys = ["rejecting-demo-key"], overlap = REJECT
        publishable-keys = ["rejecting-public-key"]
        token-secret = "rejecting-token-secret-of-32-bytes-or-mo"
      }
      tenants.pages = ${test-script} {
        secret-keys = ["pages-demo-key"], publishable-keys = ["pages-public-key"], deadline = 20s
        token-secret = "pages-token-secret-of-32-bytes-or-more--"
        allowed-origins = ["http://localhost:%d"]
        branding { name { zh = "页面", en = "Pages" }, suggestions { zh = ["你好"], en = ["hi"] } }
      }
      tenants.example = ${test-tenant} {
        secret-keys = ["example-demo-key"], deadline = 5s
        token-secret = "example-token-secret-of-32-bytes-or-more"
        vendors = [{ name = "node", host = "127.0.0.1", port = %d, tls = false }]
      }
      tenants.tiny = ${test-tenant} {
        secret-keys = ["tiny-demo-key"]
        token-secret = "tiny-token-secret-of-32-bytes-or-more---"
        vendors = [{ name = "script", host = "127.0.0.1", port = %d, tls = false }]
        open-turns-max = 1, messages-per-second = 5
      }
    }
    test-tenant { publishable-keys = [] }
    test-script = ${test-tenant} {
      vendors = [{ name = "script", host = "127.0.0.1", port = %d, tls = false }]
    }
    """
        .formatted(
            ports.get(0),
            ports.get(1),
            ports.get(3),
            RUNNING_MAX,
            WAITING_MAX,
            ports.get(4),
            ports.get(5),
            ports.get(6),
            PLATFORM_KEY,
            ports.get(2),
            ports.get(7),
            otherSite,
            exampleVendorPort,
            ports.get(2),
            ports.get(2));
  }
}
