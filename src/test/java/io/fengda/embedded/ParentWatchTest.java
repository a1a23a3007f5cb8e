package io.fengda.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ParentWatchTest {
  private static final Duration MAX = Duration.ofSeconds(10);

  @TempDir Path folder;

  @Test
  void aKilledParentIsNoticed() throws Exception {
    // given
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" & wait", "sh"));
    command.addAll(OwnerProcess.java(Orphan.class));
    Process parent = new ProcessBuilder(command).redirectOutput(output.toFile()).start();
    await().atMost(MAX).until(() -> Files.readAllLines(output).equals(List.of("watching")));
    ProcessHandle child = parent.children().findAny().orElseThrow();

    // when
    parent.destroyForcibly();

    // then
    await().atMost(MAX).until(() -> Probe.hasEnded(child));
    assertTrue(Files.readAllLines(output).contains("orphaned"));
  }
}
