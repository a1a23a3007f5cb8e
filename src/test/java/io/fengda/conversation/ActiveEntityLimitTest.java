package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A JVM of its own gets more conversations than its heap holds, with collectors a node may have.
 */
class ActiveEntityLimitTest {
  private static final int CONVERSATION_BYTES = 8 << 10;
  private static final int CONFIGURED = 100_000;
  private static final int FLOOR = 1_000;
  private static final int COME = 150_000;

  @TempDir private Path folder;
  private final List<Integer> told = new ArrayList<>();
  private OldGeneration heap = new OldGeneration(0, 0, 0);
  private int inMemory = 80_000;
  private final ActiveEntityLimit limit =
      new ActiveEntityLimit(CONFIGURED, FLOOR, () -> heap, () -> inMemory, told::add);

  @ParameterizedTest
  @CsvSource({"Serial, true", "Parallel, true", "G1, true", "Serial, false"})
  void aHeapThatIsFullHoldsFewer(String collector, boolean limited) throws Exception {
    Path said = folder.resolve("said");
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+Use" + collector + "GC",
                "-cp",
                System.getProperty("java.class.path"),
                Node.class.getName(),
                Boolean.toString(limited),
                said.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      assertTrue(node.waitFor(60, TimeUnit.SECONDS), "it collects without end");
    } finally {
      node.destroyForcibly();
    }

    assertEquals(
        limited ? List.of("fewer in memory: true", "as many as configured: true") : List.of(),
        Files.exists(said) ? Files.readAllLines(said) : List.of());
  }

  @Test
  void onceForEachFullCollectionAFifthLeavesButNotBelowTheFloor() {
    heap = new OldGeneration(1, 0.95, 0.95);
    limit.look();
    limit.look();
    assertEquals(List.of(64_000, 64_000), told);

    inMemory = 64_000;
    heap = new OldGeneration(2, 0.95, 0.95);
    limit.look();
    inMemory = 1_100;
    heap = new OldGeneration(3, 0.95, 0.95);
    limit.look();
    assertEquals(List.of(51_200, FLOOR), told.subList(2, 4));
  }

  /** Shards that come from another node know only what is configured. */
  @Test
  void whereMoreAreThereThanMayBeTheyAreToldAgain() {
    heap = new OldGeneration(1, 0.95, 0.95);
    limit.look();
    inMemory = 90_000;
    heap = new OldGeneration(2, 0.95, 0.95);
    limit.look();

    assertEquals(List.of(64_000, 64_000), told);
  }

  @Test
  void garbageIsNoReasonAndWhereThereIsRoomAllMayComeBack() {
    heap = new OldGeneration(1, 0.5, 0.99);
    limit.look();
    assertEquals(List.of(), told);

    heap = new OldGeneration(2, 0.95, 0.95);
    limit.look();
    heap = new OldGeneration(2, 0.95, 0.6);
    for (int i = 0; i < 5; i++) {
      limit.look();
    }
    assertEquals(CONFIGURED, limit.limit());
    assertEquals(List.of(64_000, 70_400, 77_440, 85_184, 93_703, CONFIGURED), told);
    limit.look();
    assertEquals(6, told.size());
  }

  @Test
  void whoseLimitIsBelowTheFloorKeepsIt() {
    ActiveEntityLimit small = new ActiveEntityLimit(500, FLOOR, () -> heap, () -> 500, told::add);
    heap = new OldGeneration(1, 0.95, 0.95);

    small.look();

    assertEquals(500, small.limit());
    assertEquals(List.of(), told);
  }

  /** Customers come and none leaves; then all do. */
  static final class Node {
    private static final int LOOK_EVERY = 100;
    private static final int ROUNDS_MAX = 1_000_000;

    public static void main(String[] args) throws IOException {
      Deque<byte[]> held = new ArrayDeque<>();
      ActiveEntityLimit limit =
          new ActiveEntityLimit(
              CONFIGURED,
              FLOOR,
              OldGeneration::now,
              held::size,
              next -> {
                while (held.size() > next) {
                  held.removeFirst();
                }
              });
      Random random = new Random(1);
      for (int i = 0; i < COME; i++) {
        held.addLast(new byte[CONVERSATION_BYTES / 2 + random.nextInt(CONVERSATION_BYTES)]);
        if (Boolean.parseBoolean(args[0]) && i % LOOK_EVERY == 0) {
          limit.look();
        }
      }
      boolean fewer = limit.limit() < CONFIGURED && held.size() >= FLOOR;
      held.clear();
      for (int i = 0; i < ROUNDS_MAX && limit.limit() < CONFIGURED; i++) {
        // Some live on for a while, or nothing would ever be collected where old objects are.
        held.addLast(new byte[CONVERSATION_BYTES]);
        if (held.size() > 2_000) {
          held.removeFirst();
        }
        if (i % LOOK_EVERY == 0) {
          limit.look();
        }
      }
      boolean asBefore = limit.limit() == CONFIGURED;
      Files.writeString(
          Path.of(args[1]),
          "fewer in memory: %s%nas many as configured: %s%n".formatted(fewer, asBefore),
          StandardCharsets.UTF_8);
    }
  }
}
