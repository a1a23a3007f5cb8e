package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node that can not start says why in one line, with the setting and what to do. */
class StartTest {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fengda.roles = \"gateway,clerk\"                          | FENGDA_ROLES",
        "fengda.cluster.bootstrap = consul                         | FENGDA_CLUSTER_BOOTSTRAP",
        "fengda.cluster { bootstrap = kubernetes, seed-nodes = \"a:1\" } | FENGDA_SEED_NODES",
        "fengda.database.url = \"\"                                | FENGDA_DATABASE_URL",
        "fengda.database.url = \"jdbc:x\"                          | FENGDA_DATABASE_URL",
        "fengda.database.url = \"postgres://nobody@h:1/d\"         | FENGDA_DATABASE_URL",
        "fengda.queue.bootstrap-servers = \"\"                     | FENGDA_KAFKA_BOOTSTRAP",
        "fengda.queue.buffer-bytes = 1 MiB                         | fengda.queue.buffer-bytes",
        "fengda.queue.compression = brotli                         | fengda.queue.compression",
        "fengda.queue.partitions = 0                               | fengda.queue.partitions",
        "fengda.conversation.recent-ids-max = 999                  | recent-ids-max",
        "fengda.conversation.turn-timeout = 1s                     | turn-timeout",
        "fengda.conversation.open-turns-min = 5001                 | open-turns-max below",
        "fengda.conversation.queueing-target = 0s                  | queueing-target",
        "fengda.quota.renewal = 0s                                 | fengda.quota.renewal",
        "fengda.tenants.harbor.priority = URGENT                   | priority",
        "fengda.worker.running-max = 0                             | fengda.worker",
        "fengda.worker.window = 4095                               | fengda.worker: window",
        "fengda.warm-up.time = 6m                                  | fengda.warm-up.time",
        "fengda.conversation.node-settles-in = 11s                 | node-settles-in",
        "fengda.warm-up.customers = 0                              | fengda.warm-up.customers",
        "fengda.answerer.threshold = 2                             | fengda.answerer.threshold",
        "fengda.redriver.ranges = 3                                | fengda.redriver.ranges",
        "fengda.identity.tokens-known-max = -1                     | tokens-known-max",
        "fengda.http.port = 99999                                  | FENGDA_HTTP_PORT",
        "fengda.tenants.harbor.deadline = 0s                       |"
            + " fengda.tenants.harbor.deadline",
        "fengda.tenants.harbor.token-secret = short                |"
            + " fengda.tenants.harbor.token-secret",
        "fengda.queue.delivery-timeout = 5s                        | delivery-timeout",
        "fengda.tenants.harbor.branding.color = blue               | harbor.branding.color",
        "fengda.tenants.harbor.branding.suggestions.en = [a,b,c,d,e,f,g] | branding.suggestions",
        "fengda.tenants.harbor.publishable-keys = []               | harbor.branding.listed",
        "fengda.tenants.harbor.allowed-origins = [\"example.com\"]  | harbor.allowed-origins",
        "fengda.tenants.harbor.allowed-origins = [\"https://a.b:443\"] | harbor.allowed-origins",
        "fengda.tenants.Harbor.overlap = QUEUE                     | fengda.tenants.Harbor",
        "fengda.tenants.beeshop.secret-keys = [\"harbor-demo-key\"] | fengda.tenants",
      })
  void aSettingOutOfItsRange(String setting, String named) {
    RuntimeException refused =
        assertThrows(RuntimeException.class, () -> Main.start(config(setting), progress()));

    assertTrue(message(refused).contains(named), message(refused));
    assertEquals(1, message(refused).lines().count());
  }

  @Test
  void aDatabaseOutOfReach() {
    int port = FreePorts.of(1).getFirst();

    StartException refused =
        assertThrows(
            StartException.class,
            () ->
                Main.start(
                    config(
                        "fengda.database.url = \"postgres://a:b@127.0.0.1:%d/c\"".formatted(port)),
                    progress()));

    assertTrue(message(refused).contains("PostgreSQL at 127.0.0.1:" + port));
    assertTrue(message(refused).contains("FENGDA_DATABASE_URL"), message(refused));
    assertEquals(1, message(refused).lines().count());
  }

  @Test
  void aBrokerOutOfReach() {
    int port = FreePorts.of(1).getFirst();

    StartException refused =
        assertThrows(
            StartException.class,
            () ->
                Main.start(
                    config(
                        "fengda.start-timeout = 2s, fengda.queue.bootstrap-servers = \"127.0.0.1:%d\""
                            .formatted(port)),
                    progress()));

    assertTrue(message(refused).contains("Kafka at 127.0.0.1:" + port));
    assertTrue(message(refused).contains("FENGDA_KAFKA_BOOTSTRAP"), message(refused));
  }

  /** A node beside the test engine, with ports of its own. */
  private static Config config(String settings) {
    TestEngine engine = TestEngine.get();
    var ports = FreePorts.of(4);
    return ConfigFactory.load(
        ConfigFactory.parseString(settings)
            .withFallback(
                ConfigFactory.parseString(
                    """
                    fengda.database.url = "%s"
                    fengda.queue.bootstrap-servers = "%s"
                    fengda.http.port = %d, fengda.cluster.management-port = %d
                    fengda.cluster.port = %d, fengda.answerer.port = %d
                    """
                        .formatted(
                            engine.databaseUrl(),
                            engine.bootstrapServers(),
                            ports.get(0),
                            ports.get(1),
                            ports.get(2),
                            ports.get(3))))
            .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
  }

  private static String message(RuntimeException refused) {
    return String.valueOf(refused.getMessage());
  }

  private static Progress progress() {
    return Progress.on(NOWHERE);
  }
}
