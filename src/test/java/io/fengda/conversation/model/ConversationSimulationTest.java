package io.fengda.conversation.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of a conversation among duplicates, losses, reorderings, time-outs and crashes.
 *
 * <p>Every run is told by its seed. A failure names it; {@code -Dfengda.simulation.seed=} repeats
 * it.
 */
class ConversationSimulationTest {
  private static final int FAULTY_STEPS = 10_000;
  private static final int FIXED_SEEDS = 12;
  private static final int SEEDS_TO_FIND_A_BUG = 60;

  private static final Set<String> EXPECTED =
      Set.of(
          "Receive → persist",
          "Receive → repeat OPEN",
          "Receive → repeat ANSWER",
          "Receive → repeat FALLBACK",
          "Receive → repeat CANCELLED",
          "Receive → BUSY",
          "Receive → TURN_OPEN",
          "Receive → ID_REUSED",
          "Delta → extend",
          "Delta → STALE_DELTA",
          "Result → persist",
          "Result → LATE_RESULT",
          "Deadline → persist",
          "Deadline → STALE_DEADLINE",
          "Stop → persist",
          "Stop → NOTHING_OPEN",
          "Erase → persist",
          "Erase → NOTHING_TO_ERASE",
          "Wake → begin an attempt",
          "Wake → persist",
          "Wake → NOTHING_OPEN",
          "policy changed",
          "entity crash",
          "node down",
          "recovery from a snapshot",
          "recovery from the first row",
          "write lost",
          "write unconfirmed",
          "write late",
          "write conflict",
          "write of unknown outcome",
          "redriven with an unknown row",
          "watched from memory",
          "watched from the journal",
          "watcher crash");

  @ParameterizedTest
  @MethodSource("seeds")
  void everyPromiseIsKept(long seed) {
    Simulation simulation = Simulation.of(seed);

    simulation.run(FAULTY_STEPS);

    assertTrue(simulation.stepsTaken() >= FAULTY_STEPS);
  }

  static LongStream seeds() {
    Long repeated = Long.getLong(Simulation.SEED_PROPERTY);
    return repeated != null
        ? LongStream.of(repeated)
        : LongStream.concat(fixedSeeds(), LongStream.of(ThreadLocalRandom.current().nextLong()));
  }

  private static LongStream fixedSeeds() {
    return LongStream.rangeClosed(1, FIXED_SEEDS);
  }

  @Test
  void everyRowOfTheTableAndEveryFaultIsReached() {
    Map<String, Integer> counts = new TreeMap<>();

    fixedSeeds()
        .mapToObj(seed -> Simulation.of(seed).run(FAULTY_STEPS).counts())
        .forEach(each -> each.forEach((what, count) -> counts.merge(what, count, Integer::sum)));

    Set<String> missed = new TreeSet<>(EXPECTED);
    Arrays.stream(ReplyKind.values()).map(kind -> "reply of kind " + kind).forEach(missed::add);
    missed.removeAll(counts.keySet());
    assertEquals(Set.of(), missed);
  }

  @Test
  void theSameSeedTellsTheSameStory() {
    Simulation first = Simulation.of(7).run(FAULTY_STEPS);
    Simulation second = Simulation.of(7).run(FAULTY_STEPS);

    assertEquals(first.events(), second.events());
    assertEquals(first.counts(), second.counts());
    assertEquals(first.stepsTaken(), second.stepsTaken());
  }

  @ParameterizedTest
  @EnumSource(value = PlantedBug.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedBugIsFound(PlantedBug bug) {
    boolean found =
        LongStream.rangeClosed(1, SEEDS_TO_FIND_A_BUG)
            .mapToObj(seed -> complaint(seed, bug))
            .anyMatch(complaint -> complaint.startsWith(bug.brokenPromise()));

    assertTrue(found, () -> "nobody complains that not '%s'".formatted(bug.brokenPromise()));
  }

  /** What a run complains about; empty if about nothing. */
  private static String complaint(long seed, PlantedBug bug) {
    Simulation simulation = Simulation.of(seed, bug);
    try {
      simulation.run(FAULTY_STEPS);
      return "";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aComplaintTellsTheSeedAndTheLastSteps() {
    Simulation simulation = Simulation.of(5, PlantedBug.DUPLICATE_NOT_RECOGNISED);

    AssertionError complaint =
        assertThrows(AssertionError.class, () -> simulation.run(FAULTY_STEPS));

    List<String> lines = String.valueOf(complaint.getMessage()).lines().toList();
    assertTrue(lines.get(1).contains("seed 5;"), lines.get(1));
    assertTrue(lines.get(1).contains("-Dfengda.simulation.seed=5"), lines.get(1));
    assertEquals(2 + 30, lines.size());
    assertTrue(lines.getLast().contains(" ms  "), lines.getLast());
  }
}
