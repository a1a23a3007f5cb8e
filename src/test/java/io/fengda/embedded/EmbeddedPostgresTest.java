package io.fengda.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.r2dbc.spi.R2dbcException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedPostgresTest {
  /** One for all tests, so that only the first one unpacks. */
  @TempDir static Path shared;

  private final PostgresSpec spec = new PostgresSpec(shared, Ports.anyFree());

  @Test
  void aServerThatAnEarlierEngineLeftBehindIsStoppedFirst() {
    // given
    try (EmbeddedPostgres earlier = EmbeddedPostgres.start(spec)) {
      Clients.sql(earlier.port(), "CREATE TABLE earlier AS SELECT 'kept' AS text");

      // when
      try (EmbeddedPostgres later = EmbeddedPostgres.start(spec)) {

        // then
        assertEquals("kept", Clients.sql(later.port(), "SELECT text FROM earlier"));
        assertTrue(ProcessHandle.of(earlier.pid()).map(Probe::hasEnded).orElse(true));
      }
    }
  }

  @Test
  void itIsDurableAndAsksForThePasswordAndKnowsUnicode() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(spec)) {
      assertEquals("on", Clients.sql(postgres.port(), "SHOW fsync"));
      assertEquals("on", Clients.sql(postgres.port(), "SHOW synchronous_commit"));
      assertEquals("127.0.0.1", Clients.sql(postgres.port(), "SHOW listen_addresses"));
      assertEquals("蜂 É", Clients.sql(postgres.port(), "SELECT '蜂 ' || upper('é')"));
      assertThrows(
          R2dbcException.class, () -> Clients.sql(postgres.port(), "wrong", "SELECT 1::text"));
    }
  }

  @Test
  void dataOfAnotherMajorVersionIsLeftAlone(@TempDir Path folder) throws Exception {
    // given
    Path data = Files.createDirectories(folder.resolve("postgres-data"));
    Files.writeString(data.resolve("PG_VERSION"), "9\n");
    ServiceLog log = ServiceLog.of("PostgreSQL", folder.resolve("postgres.log"));
    PostgresBinaries binaries = PostgresBinaries.in(shared);

    // when
    var refusal =
        assertThrows(
            EmbeddedStartException.class,
            () -> PostgresData.in(folder, log).ensure(binaries, binaries.version()));

    // then
    String line = String.valueOf(refusal.getMessage());
    assertTrue(line.startsWith(data + " was made by PostgreSQL 9, this is "), line);
    assertTrue(line.endsWith(": remove it or set FENGDA_DATA_DIR to another folder"), line);
    assertFalse(line.contains("\n"), line);
  }
}
