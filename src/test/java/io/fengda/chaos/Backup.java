package io.fengda.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fengda.embedded.EmbeddedPostgres;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A base backup and the write-ahead log since, as PostgreSQL's documentation has it ("Making a Base
 * Backup Using the Low Level API", "Recovering Using a Continuous Archive Backup").
 */
final class Backup {
  private static final Duration STEP_MAX = Duration.ofSeconds(60);

  /** What a server makes anew, and what belongs to the one that runs. */
  private static final List<String> NOT_KEPT =
      List.of("postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot", "pg_stat_tmp");

  private static final List<String> MADE_ANEW = List.of("pg_wal", "pg_replslot", "pg_stat_tmp");

  private final Path data;
  private final Path base;
  private final Path archive;

  private Backup(Path data, Path base, Path archive) {
    this.data = data;
    this.base = base;
    this.archive = archive;
  }

  /** Of the server whose data is in the folder. */
  static Backup in(Path folder) {
    Path whole = folder.toAbsolutePath();
    return new Backup(
        whole.resolve("postgres-data"), whole.resolve("base-backup"), whole.resolve("archive"));
  }

  /** Makes a server keep its log from its next start on, though nowhere yet. */
  static void prepare(int port) {
    run(port, "ALTER SYSTEM SET archive_mode = on");
    archive(port, "true");
  }

  /** Copies what the server has while it goes on, and from now on what it logs. */
  void take(int port) {
    try {
      Files.createDirectories(archive);
      archive(
          port,
          "cp \"%%p\" \"%1$s/%%f.part\" && mv \"%1$s/%%f.part\" \"%1$s/%%f\"".formatted(archive));
      Services.delete(base);
      String label =
          Objects.requireNonNull(
              Flux.usingWhen(connections(port).create(), this::copy, Connection::close)
                  .blockLast(STEP_MAX));
      Files.writeString(base.resolve("backup_label"), label);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void archive(int port, String command) {
    run(port, "ALTER SYSTEM SET archive_command = '%s'".formatted(command));
    run(port, "SELECT pg_reload_conf()::text");
  }

  /** Begin and end have to be of one session. */
  private Flux<String> copy(Connection connection) {
    return text(connection, "SELECT pg_backup_start('lab', true)::text")
        .then(
            Mono.fromRunnable(
                () -> {
                  // Files may go while they are copied.
                  copy(data, base, true);
                  NOT_KEPT.forEach(name -> Services.delete(base.resolve(name)));
                  MADE_ANEW.forEach(name -> createDirectory(base.resolve(name)));
                }))
        .thenMany(text(connection, "SELECT labelfile FROM pg_backup_stop(true)"));
  }

  /** Waits until the last that the server has written is kept. */
  void finish(int port) {
    String last = run(port, "SELECT pg_walfile_name(pg_switch_wal())");
    Awaitility.await(last).atMost(STEP_MAX).until(() -> Files.exists(archive.resolve(last)));
  }

  /** Puts the copy in the place of what the server had, which does not run. */
  void restore() {
    try {
      Services.delete(data);
      copy(base, data, false);
      Files.writeString(
          data.resolve("postgresql.auto.conf"),
          "archive_command = 'true'%nrestore_command = 'cp \"%s/%%f\" \"%%p\"'%n"
              .formatted(archive),
          StandardOpenOption.APPEND);
      Files.createFile(data.resolve("recovery.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void createDirectory(Path folder) {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With owners and permissions. */
  private static void copy(Path from, Path to, boolean mayMiss) {
    try {
      Process process =
          new ProcessBuilder("cp", "-a", from.toString(), to.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      boolean onlyMissed = mayMiss && said.lines().allMatch(line -> line.contains("No such file"));
      if (process.onExit().join().exitValue() != 0 && !onlyMissed) {
        throw new IllegalStateException(said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(int port, String sql) {
    return Objects.requireNonNullElse(
        Flux.usingWhen(
                connections(port).create(), connection -> text(connection, sql), Connection::close)
            .blockLast(STEP_MAX),
        "");
  }

  private static Flux<String> text(Connection connection, String sql) {
    return Flux.from(connection.createStatement(sql).execute())
        .flatMap(
            result ->
                result.map((row, metadata) -> Objects.requireNonNull(row.get(0, String.class))));
  }

  private static ConnectionFactory connections(int port) {
    return ConnectionFactories.get(
        "r2dbc:postgres://%s:%s@127.0.0.1:%d/%s"
            .formatted(
                EmbeddedPostgres.USER, EmbeddedPostgres.PASSWORD, port, EmbeddedPostgres.DATABASE));
  }
}
