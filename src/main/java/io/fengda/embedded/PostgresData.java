package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL's data directory: made once, whole or not at all, and used by one server at a time.
 */
final class PostgresData {
  private static final Duration STEP_MAX = Duration.ofSeconds(60);

  private final Path dataDirectory;
  private final Path folder;
  private final ServiceLog serverLog;

  private PostgresData(Path dataDirectory, ServiceLog serverLog) {
    this.dataDirectory = dataDirectory;
    this.folder = dataDirectory.resolve("postgres-data");
    this.serverLog = serverLog;
  }

  static PostgresData in(Path dataDirectory, ServiceLog serverLog) {
    return new PostgresData(dataDirectory, serverLog);
  }

  /** The programs for this data, beside it. */
  PostgresBinaries binaries() throws IOException {
    return PostgresBinaries.in(dataDirectory);
  }

  Path folder() {
    return folder;
  }

  /** What the server wrote about itself, if it runs. */
  Optional<PostmasterFile> postmaster() {
    return PostmasterFile.read(postmasterFile());
  }

  private Path postmasterFile() {
    return folder.resolve("postmaster.pid");
  }

  /** Stops the server that an engine before this one left behind. */
  void stopFormerServer() throws IOException, InterruptedException {
    Optional<PostmasterFile> file = postmaster();
    Optional<ProcessHandle> owner =
        file.flatMap(written -> ProcessHandle.of(written.pid()))
            .filter(process -> !Probe.hasEnded(process));
    if (owner.isPresent() && isServerHere(owner.get())) {
      Leash.stopLeftBehind("PostgreSQL", owner.get(), StopSignals.POSTGRES_FAST);
    } else if (owner.isPresent() || file.isEmpty()) {
      // PostgreSQL sees itself that a process is gone, but not that another got its id.
      Files.deleteIfExists(postmasterFile());
    }
  }

  /** Whether the process is the server of this folder, and not one that got its id later. */
  private boolean isServerHere(ProcessHandle process) {
    try {
      Path workingDirectory = Path.of("/proc", Long.toString(process.pid()), "cwd").toRealPath();
      return workingDirectory.equals(folder.toRealPath());
    } catch (IOException noProc) {
      return process.info().command().filter(command -> command.endsWith("postgres")).isPresent();
    }
  }

  /** Makes the data directory with the database in it when it is missing; whether it was. */
  boolean ensure(PostgresBinaries binaries, String version)
      throws IOException, InterruptedException {
    if (Files.exists(folder.resolve("PG_VERSION"))) {
      requireMajor(version);
      return false;
    }
    requireEmpty();
    Path unfinished = folder.resolveSibling(folder.getFileName() + ".tmp");
    Folders.delete(unfinished);
    initialise(binaries, unfinished);
    createDatabase(binaries, unfinished);
    Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private void requireMajor(String version) throws IOException {
    String theirs = Files.readString(folder.resolve("PG_VERSION")).strip();
    if (!version.startsWith(theirs + ".")) {
      throw EmbeddedStartException.of(
          "%s was made by PostgreSQL %s, this is %s: remove it or set %s to another folder"
              .formatted(folder, theirs, version, Folders.SETTING));
    }
  }

  private void requireEmpty() throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var content = Files.list(folder)) {
      if (content.findAny().isPresent()) {
        throw EmbeddedStartException.of(
            "%s holds something else than PostgreSQL's data: remove it or set %s to another folder"
                .formatted(folder, Folders.SETTING));
      }
    }
  }

  private void initialise(PostgresBinaries binaries, Path target)
      throws IOException, InterruptedException {
    Path password = dataDirectory.resolve("password.tmp");
    try {
      Files.writeString(password, EmbeddedPostgres.PASSWORD + "\n");
      List<String> command = new ArrayList<>();
      command.add(binaries.program("initdb").toString());
      command.addAll(List.of("-D", target.toString(), "-U", EmbeddedPostgres.USER));
      command.addAll(List.of("--pwfile=" + password, "-A", "scram-sha-256", "-E", "UTF8"));
      command.addAll(
          List.of("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
      run(new ProcessBuilder(PostgresUser.run(command)));
    } finally {
      Files.deleteIfExists(password);
    }
  }

  /** The jar has no client program: the database is made before the server runs. */
  private void createDatabase(PostgresBinaries binaries, Path target)
      throws IOException, InterruptedException {
    Path sql = dataDirectory.resolve("create.sql.tmp");
    try {
      Files.writeString(sql, "CREATE DATABASE %s\n".formatted(EmbeddedPostgres.DATABASE));
      String postgres = binaries.program("postgres").toString();
      List<String> command =
          List.of(
              postgres, "--single", "-c", "exit_on_error=on", "-D", target.toString(), "postgres");
      run(new ProcessBuilder(PostgresUser.run(command)).redirectInput(sql.toFile()));
    } finally {
      Files.deleteIfExists(sql);
    }
  }

  private void run(ProcessBuilder builder) throws IOException, InterruptedException {
    builder.environment().put("LC_ALL", "C");
    builder.directory(dataDirectory.toFile());
    builder.redirectOutput(serverLog.append());
    int status = LeashedProcess.start(builder, StopSignals.TERMINATE).await(STEP_MAX);
    if (status != 0) {
      throw PostgresFailure.of(serverLog);
    }
  }
}
