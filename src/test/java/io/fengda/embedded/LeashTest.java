package io.fengda.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LeashTest {
  private static final int SIGTERM_STATUS = 128 + 15;
  private static final int SIGKILL_STATUS = 128 + 9;

  @Test
  void aPulledLeashAsksTheProcessToEnd() throws Exception {
    Process process = shell("exec sleep 60");
    Leash leash = Leash.open(StopSignals.TERMINATE);
    leash.hold(process.pid());

    leash.pull();

    assertEquals(SIGTERM_STATUS, process.waitFor());
  }

  @Test
  void aProcessThatDoesNotListenIsEndedWhenPatienceIsOver() throws Exception {
    Process process = shell("trap '' TERM; sleep 60 & echo ready; wait; wait");
    assertEquals("ready", process.inputReader().readLine());
    ProcessHandle sleep = process.children().findAny().orElseThrow();
    Leash leash = Leash.open(StopSignals.TERMINATE, Duration.ofMillis(300));
    leash.hold(process.pid());

    leash.pull();

    assertEquals(SIGKILL_STATUS, process.waitFor());
    assertTrue(sleep.destroyForcibly());
  }

  @Test
  void aReleasedProcessIsLeftAlone() throws Exception {
    Set<ProcessHandle> before = leashes();
    Process process = shell("exec sleep 60");
    Leash leash = Leash.open(StopSignals.TERMINATE);
    leash.hold(process.pid());

    leash.release();
    leash.pull();

    await().until(() -> before.containsAll(leashes()));
    assertTrue(process.isAlive());
    assertTrue(process.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
  }

  private static Set<ProcessHandle> leashes() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("fengda-leash"))
        .collect(Collectors.toSet());
  }

  private static Process shell(String script) throws Exception {
    return new ProcessBuilder("sh", "-c", script).start();
  }
}
