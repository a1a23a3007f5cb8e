package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL server as a child process, durable as in production, on 127.0.0.1 only. */
public final class EmbeddedPostgres implements AutoCloseable {
  /** The server's superuser. */
  public static final String USER = "fengda";

  /** The user's password; anybody on this machine may know it. */
  public static final String PASSWORD = "fengda";

  /** The database made at the first start. */
  public static final String DATABASE = "fengda";

  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final PostgresSpec spec;
  private final String version;
  private final boolean firstStart;
  private final LeashedProcess server;

  private EmbeddedPostgres(
      PostgresSpec spec, String version, boolean firstStart, LeashedProcess server) {
    this.spec = spec;
    this.version = version;
    this.firstStart = firstStart;
    this.server = server;
  }

  /**
   * Starts the server and returns when it accepts connections: within a minute, or throws {@link
   * EmbeddedStartException}.
   */
  public static EmbeddedPostgres start(PostgresSpec spec) {
    Path dataDirectory = Folders.writable(spec.dataDirectory());
    ServiceLog serverLog = ServiceLog.of("PostgreSQL", dataDirectory.resolve("postgres.log"));
    try {
      serverLog.rotate();
      return start(spec, PostgresData.in(dataDirectory, serverLog), serverLog);
    } catch (IOException e) {
      throw serverLog.failure(Folders.reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw serverLog.failure("interrupted", e);
    }
  }

  private static EmbeddedPostgres start(PostgresSpec spec, PostgresData data, ServiceLog serverLog)
      throws IOException, InterruptedException {
    data.stopFormerServer();
    Ports.requireFree(spec.port(), PostgresSpec.PORT_SETTING);
    PostgresBinaries binaries = data.binaries();
    String version = binaries.version();
    boolean initialised = data.ensure(binaries, version);
    LeashedProcess server = launch(spec, binaries, data, serverLog);
    server.requireReady(
        START_MAX, () -> isReady(server, data), () -> PostgresFailure.of(serverLog));
    server.whenItEndsByItself(serverLog::ended);
    return new EmbeddedPostgres(spec, version, binaries.unpackedNow() || initialised, server);
  }

  private static LeashedProcess launch(
      PostgresSpec spec, PostgresBinaries binaries, PostgresData data, ServiceLog serverLog)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binaries.program("postgres").toString());
    command.addAll(List.of("-D", data.folder().toString()));
    settings(spec.port()).forEach(setting -> command.addAll(List.of("-c", setting)));
    ProcessBuilder builder = new ProcessBuilder(PostgresUser.run(command));
    builder.environment().put("LC_ALL", "C");
    builder.directory(data.folder().toFile()).redirectOutput(serverLog.append());
    return LeashedProcess.start(builder, StopSignals.POSTGRES_FAST);
  }

  /** Small, but as durable as production; the log tells no customer's data. */
  private static List<String> settings(int port) {
    return List.of(
        "listen_addresses=" + Ports.HOST,
        "port=" + port,
        "unix_socket_directories=",
        "fsync=on",
        "synchronous_commit=on",
        "max_connections=100",
        "shared_buffers=128MB",
        "wal_compression=on",
        "io_method=sync",
        "max_worker_processes=2",
        "max_logical_replication_workers=0",
        "autovacuum_max_workers=1",
        "jit=off",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_checkpoints=off",
        "log_error_verbosity=terse",
        "log_min_error_statement=panic");
  }

  private static boolean isReady(LeashedProcess server, PostgresData data) {
    return data.postmaster().filter(file -> file.ready() && file.pid() == server.pid()).isPresent();
  }

  /** The server's version, such as 18.6. */
  public String version() {
    return version;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return spec.port();
  }

  /** The process id of the server, whose other processes are its children. */
  public long pid() {
    return server.pid();
  }

  /** Whether this start unpacked the programs or made the database. */
  public boolean isFirstStart() {
    return firstStart;
  }

  /** Ends the sessions and the server, and waits: at most 12 s, then by force; once is enough. */
  public void stop() {
    server.stop();
  }

  @Override
  public void close() {
    stop();
  }
}
