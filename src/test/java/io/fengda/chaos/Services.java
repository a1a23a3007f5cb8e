package io.fengda.chaos;

import io.fengda.embedded.EmbeddedKafka;
import io.fengda.embedded.EmbeddedPostgres;
import io.fengda.embedded.EmbeddedServices;
import io.fengda.embedded.KafkaSpec;
import io.fengda.embedded.PostgresSpec;
import io.fengda.embedded.ServicesSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** PostgreSQL and Kafka of the lab, which can be killed and started again. One thread. */
final class Services implements AutoCloseable {
  private final Path folder;
  private final EmbeddedServices first;
  private final Backup backup;
  private EmbeddedPostgres postgres;
  private EmbeddedKafka kafka;

  private Services(Path folder, EmbeddedServices first) {
    this.folder = folder;
    this.first = first;
    this.backup = Backup.in(folder);
    postgres = first.postgres();
    kafka = first.kafka();
  }

  static Services start(Path folder, int postgresPort, int kafkaPort) {
    Services services =
        new Services(
            folder,
            EmbeddedServices.start(
                new ServicesSpec(folder, postgresPort, kafkaPort), System.out::println));
    Backup.prepare(postgresPort);
    services.postgres.stop();
    services.startPostgres();
    return services;
  }

  /** Copies PostgreSQL's data, and keeps from now on what it writes. */
  void backUp() {
    backup.take(postgres.port());
  }

  /** All that PostgreSQL and Kafka have is gone; PostgreSQL gets back what was kept. */
  void restore() {
    backup.finish(postgres.port());
    killPostgres();
    killKafka();
    emptyKafka();
    backup.restore();
    startPostgres();
    startKafka();
  }

  int postgresPort() {
    return postgres.port();
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  void killPostgres() {
    kill(postgres.pid());
  }

  /** Starts PostgreSQL again on the same data. */
  void startPostgres() {
    postgres = EmbeddedPostgres.start(new PostgresSpec(folder, postgres.port()));
  }

  Freeze freezePostgres() {
    return Freeze.ofTree(postgres.pid());
  }

  void killKafka() {
    kill(kafka.pid());
  }

  /** Starts Kafka again on the same data. */
  void startKafka() {
    kafka = EmbeddedKafka.start(new KafkaSpec(folder, kafka.port(), 0));
  }

  /** Removes all that the broker knows, while it does not run. */
  void emptyKafka() {
    delete(folder.resolve("kafka").resolve("data"));
  }

  /** A file, or a directory with all that is in it, if it is there. */
  static void delete(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Freeze freezeKafka() {
    return Freeze.ofTree(kafka.pid());
  }

  @Override
  public void close() {
    kafka.stop();
    postgres.stop();
    first.stop();
    try (Stream<Path> folders = Files.list(folder)) {
      folders.filter(Files::isDirectory).forEach(Services::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }
}
