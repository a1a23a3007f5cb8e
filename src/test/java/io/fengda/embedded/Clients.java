package io.fengda.embedded;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What users of the embedded services use. */
final class Clients {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private Clients() {}

  /** Runs a statement; the first column of its first row, or nothing. */
  static String sql(int port, String password, String statement) {
    PostgresqlConnectionConfiguration configuration =
        PostgresqlConnectionConfiguration.builder()
            .host("127.0.0.1")
            .port(port)
            .username(EmbeddedPostgres.USER)
            .password(password)
            .database(EmbeddedPostgres.DATABASE)
            .build();
    return Mono.usingWhen(
            new PostgresqlConnectionFactory(configuration).create(),
            connection ->
                Flux.from(connection.createStatement(statement).execute())
                    .concatMap(result -> result.map((row, metadata) -> row.get(0, String.class)))
                    .next()
                    .defaultIfEmpty(""),
            connection -> connection.close())
        .block(ANSWER_MAX);
  }

  static String sql(int port, String statement) {
    return sql(port, EmbeddedPostgres.PASSWORD, statement);
  }

  static int brokers(int port) throws Exception {
    try (Admin admin = admin(port)) {
      return admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).size();
    }
  }

  static void createTopic(int port, String name) throws Exception {
    try (Admin admin = admin(port)) {
      admin.createTopics(Set.of(new NewTopic(name, 3, (short) 1))).all().get(10, TimeUnit.SECONDS);
    }
  }

  static Set<String> topics(int port) throws Exception {
    try (Admin admin = admin(port)) {
      return admin.listTopics().names().get(10, TimeUnit.SECONDS);
    }
  }

  private static Admin admin(int port) {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port));
  }
}
