package io.fengda.chaos;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fengda.page.TestBrowser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Twenty kills of a node and two of every other fault, in an order that the seed gives; {@code
 * -Dfengda.faults=KILL_NODE,EMPTY_KAFKA} runs those instead, in that order.
 */
@Tag("chaos")
class ChaosTest {
  private static final int KILLS = 20;
  private static final int OTHERS = 2;

  @Test
  void nothingIsLostOrDoubledAndEveryoneRecoversInTime() {
    long seed = Campaign.seed();

    Report report =
        Campaign.run(seed, faults(seed), new Load.Size(50, 30, Duration.ofMillis(1_400)));

    assertAll(
        () -> assertEquals(List.of(), report.broken(), report::markdown),
        () -> assertEquals(List.of(), report.late(), report::markdown));
  }

  private static List<Fault> faults(long seed) {
    String chosen = System.getProperty("fengda.faults", "");
    if (!chosen.isEmpty()) {
      return Arrays.stream(chosen.split(",", -1)).map(Fault::valueOf).toList();
    }
    List<Fault> faults = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (fault == Fault.DRAIN_FROM_THE_PAGE && !TestBrowser.isHere()) {
        System.out.println("chaos: there is no Chromium, so no node is drained from the page");
        continue;
      }
      faults.addAll(Collections.nCopies(fault == Fault.KILL_NODE ? KILLS : OTHERS, fault));
    }
    Collections.shuffle(faults, new Random(seed));
    return faults;
  }
}
