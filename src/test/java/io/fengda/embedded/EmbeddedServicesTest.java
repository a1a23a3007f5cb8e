package io.fengda.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedServicesTest {
  private static final Duration GONE_MAX = Duration.ofSeconds(15);

  /** One for all tests, so that only the first one unpacks and initialises. */
  @TempDir static Path folder;

  private final ServicesSpec spec =
      new ServicesSpec(folder.resolve("data of one engine"), Ports.anyFree(), Ports.anyFree());

  @Test
  void aRestartFindsWhatWasStoredBefore() throws Exception {
    // given
    List<String> lines = new CopyOnWriteArrayList<>();
    try (EmbeddedServices services = EmbeddedServices.start(spec, lines::add)) {
      Clients.sql(spec.postgresPort(), "CREATE TABLE restart AS SELECT 'still here' AS text");
      Clients.createTopic(spec.kafkaPort(), "restart");
      assertEquals(1, Clients.brokers(spec.kafkaPort()));
      assertTrue(services.postgres().pid() != services.kafka().pid());
    }

    // when
    try (EmbeddedServices services = EmbeddedServices.start(spec, lines::add)) {

      // then
      assertEquals("still here", Clients.sql(spec.postgresPort(), "SELECT text FROM restart"));
      assertEquals(Set.of("restart"), Clients.topics(spec.kafkaPort()));
      assertFalse(services.postgres().isFirstStart() || services.kafka().isFirstStart());
    }
    assertEquals(4, lines.size());
    assertTrue(
        lines.stream()
            .allMatch(
                line ->
                    line.matches(
                        "(PostgreSQL|Kafka) \\d+\\.\\d+\\S* on 127\\.0\\.0\\.1:\\d+.*,"
                            + " \\d+\\.\\d s")),
        lines::toString);
  }

  @Test
  void theServicesOutliveCtrlCButNotTheirKilledOwner() throws Exception {
    // given
    try (OwnerProcess owner = OwnerProcess.start(spec)) {
      owner.awaitLine("serving");
      List<ProcessHandle> family = owner.process().descendants().toList();
      assertTrue(family.size() > 4, family::toString);

      // when
      owner.interruptGroup();
      owner.awaitLine("draining");

      // then
      assertEquals("1", Clients.sql(spec.postgresPort(), "SELECT 1::text"));
      assertEquals(1, Clients.brokers(spec.kafkaPort()));

      // when
      owner.process().destroyForcibly();

      // then
      await().atMost(GONE_MAX).until(() -> family.stream().allMatch(Probe::hasEnded));
      Ports.requireFree(spec.postgresPort(), "FENGDA_POSTGRES_PORT");
      Ports.requireFree(spec.kafkaPort(), "FENGDA_KAFKA_PORT");
    }
  }

  @Test
  void aSecondEngineOnTheSameDataIsRefused() throws Exception {
    // given
    Path data = Files.createDirectories(spec.dataDirectory());
    EngineLock first = EngineLock.of(data);

    // when
    String line = refusal(spec);

    // then
    assertEquals("another Fengda runs on " + data + ": stop it or set FENGDA_DATA_DIR", line);
    first.close();
    EngineLock.of(data).close();
  }

  @Test
  void aPortInUseIsRefusedWithItsSettingAndNothingStaysBehind() throws Exception {
    // given
    try (ServerSocket other =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      int taken = other.getLocalPort();

      // when
      String postgres = refusal(new ServicesSpec(spec.dataDirectory(), taken, spec.kafkaPort()));
      String kafka = refusal(new ServicesSpec(spec.dataDirectory(), spec.postgresPort(), taken));

      // then
      assertTrue(postgres.contains("127.0.0.1:" + taken), postgres);
      assertTrue(
          postgres.endsWith("stop what listens there or set FENGDA_POSTGRES_PORT"), postgres);
      assertTrue(kafka.endsWith("stop what listens there or set FENGDA_KAFKA_PORT"), kafka);
    }
    assertTrue(ProcessHandle.current().descendants().noneMatch(this::isService));
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefused() throws Exception {
    // given
    Path file = Files.createTempFile(folder, "not-a-folder", "");

    // when
    String line = refusal(new ServicesSpec(file.resolve("data"), 1, 2));

    // then
    assertTrue(line.startsWith(file + "/data cannot be written ("), line);
    assertTrue(line.endsWith("): set FENGDA_DATA_DIR to a folder that can"), line);
  }

  private boolean isService(ProcessHandle process) {
    String folderOfService = spec.dataDirectory().toString();
    return process.info().commandLine().filter(line -> line.contains(folderOfService)).isPresent();
  }

  private static String refusal(ServicesSpec spec) {
    var refusal =
        assertThrows(
            EmbeddedStartException.class, () -> EmbeddedServices.start(spec, progress -> {}));
    String line = String.valueOf(refusal.getMessage());
    assertFalse(line.contains("\n"), line);
    return line;
  }
}
