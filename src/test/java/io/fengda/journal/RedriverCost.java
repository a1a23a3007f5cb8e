package io.fengda.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import io.fengda.FengdaClient;
import io.fengda.FreePorts;
import io.fengda.TestDatabase;
import io.fengda.embedded.EmbeddedPostgres;
import io.fengda.embedded.PostgresSpec;
import io.fengda.journal.OpenTurnQueries.OpenTurn;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * What the redriver costs with a million conversations in the journal: rows read for each turn, and
 * milliseconds for each sweep of all ranges, while 200 turns a second were written and after a
 * node's death that left 1,000 open.
 */
public final class RedriverCost {
  private static final int CONVERSATIONS = 1_000_000;
  private static final int TURNS_PER_SECOND = 200;
  private static final int RECENT_SECONDS = 120;
  private static final int OPEN = 1_000;
  private static final int RANGES = 4;
  private static final int SWEEPS = 50;
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private RedriverCost() {}

  public static void main(String[] args) throws Exception {
    Path data = Files.createTempDirectory("fengda-redriver");
    int port = FreePorts.of(1).getFirst();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(new PostgresSpec(data, port));
    String url = "postgres://fengda:fengda@127.0.0.1:%d/fengda".formatted(port);
    try {
      fill(url, port);
      measure(url);
    } finally {
      postgres.stop();
    }
    System.exit(0);
  }

  private static void fill(String url, int port) {
    JournalSchema.ensure(
        ConfigFactory.parseString(
            """
            akka.persistence.r2dbc.connection-factory {
              host = "127.0.0.1", port = %d, user = fengda, password = fengda, database = fengda
            }
            """
                .formatted(port)),
        Duration.ofSeconds(20));
    TestDatabase database = TestDatabase.at(url, Duration.ofMinutes(10));
    System.out.println("writing " + CONVERSATIONS + " conversations of one turn");
    database.execute(
        turns("old", CONVERSATIONS, "now() - interval '1 hour' - n * interval '100 milliseconds'"));
    int recent = TURNS_PER_SECOND * RECENT_SECONDS;
    database.execute(
        turns(
            "new",
            recent,
            "now() - n * interval '%d milliseconds'".formatted(1_000 / TURNS_PER_SECOND)));
    database.execute("VACUUM ANALYZE event_journal");
  }

  /** Turns of one message and its reply, a row each, in conversations of their own. */
  private static String turns(String name, int count, String at) {
    return """
    INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp,
      event_ser_id, event_ser_manifest, event_payload, writer, adapter_manifest, tags)
    SELECT n %% 1024, 'Conversation', 'Conversation|harbor:%s-' || n || ':main', row, %s,
      20260001, CASE row WHEN 1 THEN 'message-received' ELSE 'reply-generated' END,
      decode(repeat('ab', 200), 'hex'), 'writer', '', CASE row WHEN 1 THEN ARRAY['open'] END
    FROM generate_series(1, %d) AS turns(n), generate_series(1, 2) AS rows(row)\
    """
        .formatted(name, at, count);
  }

  private static void measure(String url) {
    ConnectionPool pool =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(ConnectionFactories.get("r2dbc:" + url)).build());
    try {
      JournalDatabase journal = new JournalDatabase(pool);
      OpenTurnQueries queries = new OpenTurnQueries(journal, "Conversation");
      TestDatabase database = TestDatabase.at(url, Duration.ofMinutes(1));
      Instant now =
          OffsetDateTime.parse(
                  database
                      .query(
                          "SELECT to_char(max(db_timestamp), 'YYYY-MM-DD\"T\"HH24:MI:SS.USOF:00')"
                              + " FROM event_journal")
                      .getFirst())
              .toInstant();
      Instant to = now.minus(INTERVAL.multipliedBy(2));
      Instant from = to.minus(INTERVAL).minus(Redriver.REREAD);
      double steady = millis(() -> sweep(queries, from, to));
      double afterRestart = millis(() -> sweep(queries, now.minusSeconds(60), to));
      long rows = rowsRead(database, from, to);
      database.execute(
          "DELETE FROM event_journal WHERE seq_nr = 2 AND db_timestamp BETWEEN '%s' AND '%s'"
              .formatted(to.minusSeconds(5), to));
      List<OpenTurn> open =
          join(queries.openTurns(new SliceRange(0, 1023), now.minusSeconds(60), to, OPEN));
      double looking = millis(() -> join(queries.stillOpen(open)));
      double perTurn = rows / (TURNS_PER_SECOND * (double) INTERVAL.toSeconds());
      System.out.printf(
          Locale.ROOT,
          "sweep of %d ranges, %d turns/s: %.1f ms; the first after a restart (60 s): %.1f ms%n"
              + "looking after %d open turns: %.1f ms%n"
              + "rows read: %d a sweep, %.1f a turn%n",
          RANGES,
          TURNS_PER_SECOND,
          steady,
          afterRestart,
          open.size(),
          looking,
          rows,
          perTurn);
      System.out.printf(
          Locale.ROOT,
          "RESULT {\"sweepMs\": %.1f, \"restartSweepMs\": %.1f, \"openTurnsMs\": %.1f,"
              + " \"rowsPerTurn\": %.2f}%n",
          steady,
          afterRestart,
          looking,
          perTurn);
    } finally {
      pool.dispose();
    }
  }

  private static Object sweep(OpenTurnQueries queries, Instant from, Instant to) {
    int found = 0;
    for (int range = 0; range < RANGES; range++) {
      var unused = join(queries.horizon(Duration.ofSeconds(3), Duration.ofSeconds(60)));
      found += join(queries.openTurns(SliceRange.of(range, RANGES), from, to, OPEN)).size();
    }
    return found;
  }

  /** Milliseconds of the middle run of many. */
  private static double millis(Supplier<Object> what) {
    long[] nanos =
        LongStream.range(0, SWEEPS)
            .map(
                i -> {
                  long start = System.nanoTime();
                  var unused = what.get();
                  return System.nanoTime() - start;
                })
            .sorted()
            .toArray();
    return nanos[SWEEPS / 2] / 1e6;
  }

  private static long rowsRead(TestDatabase database, Instant from, Instant to) {
    String sql =
        OpenTurnQueries.OPEN_TURNS
            .replace("$1", "0")
            .replace("$2", "1023")
            .replace("$3", "'Conversation'")
            .replace("$4", "'" + from + "'::timestamptz")
            .replace("$5", "'" + to + "'::timestamptz")
            .replace("$6", "1000");
    String plan = String.join("\n", database.query("EXPLAIN (ANALYZE, FORMAT JSON) " + sql));
    return rows(FengdaClient.parse(plan).get(0).get("Plan"))
        + database.count(
            "SELECT count(*) FROM event_journal WHERE db_timestamp >= '%s' AND db_timestamp < '%s'"
                .formatted(from, to));
  }

  /** Rows that the plan takes from indexes alone: the probes for a successor. */
  private static long rows(JsonNode node) {
    long own =
        node.get("Node Type").asText().equals("Index Only Scan")
            ? Math.round(node.get("Actual Rows").asDouble() * node.get("Actual Loops").asDouble())
            : 0;
    for (JsonNode child : node.path("Plans")) {
      own += rows(child);
    }
    return own;
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
