package io.fengda.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a conversation costs that is in memory: bytes of heap and of RSS, with ten turns of CrossWOZ
 * text as context. The journal is filled by {@code COPY}, and each conversation is opened by its
 * customer.
 */
final class DensityBench {
  private static final int TURNS = 10;
  private static final int TEMPLATES = 50;
  private static final int CONVERSATIONS = 100_000;
  private static final int CONVERSATIONS_MAX = 2_000_000;

  /** Of more conversations only a snapshot and the last event are copied, not all twenty events. */
  private static final int WHOLE_HISTORIES_MAX = 200_000;

  private static final int EVENTS = 2 * TURNS;
  private static final int SNAPSHOT_EVERY = 50;

  /** Opened before the first count, so that code and classes are not counted. */
  private static final int FIRST_MAX = 2_000;

  private static final int SECOND_READING_MAX = 20_000;

  /** A conversation that was forgotten costs PostgreSQL more than this part of its activation. */
  private static final double FROM_MEMORY_MAX = 0.2;

  /** Of what was opened; one or two that were there before may have left meanwhile. */
  private static final double PRESENT_MIN = 0.999;

  private static final int YOUNG_MEGABYTES = 256;
  private static final int EMPTY_MEGABYTES = 768;

  /** Far more than a conversation should take. */
  private static final int KIBIBYTES_EACH = 12;

  /** What is not heap has the rest of 8 GiB. */
  private static final int HEAP_MEGABYTES_MAX = 7_168;

  private final int count;
  private final List<String> difference;

  private DensityBench(int count, List<String> difference) {
    this.count = count;
    this.difference = difference;
  }

  /** Reads {@code [CONVERSATIONS] [difference …]}. */
  static DensityBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, List.of());
    return new DensityBench(
        arguments.whole(0, CONVERSATIONS, 1_000, CONVERSATIONS_MAX), arguments.engine());
  }

  String run() {
    int port = Ports.free();
    Tenant shop = Tenant.unbounded(port);
    EngineSpec spec = spec(shop);
    Process vendor = Bench.vendors(Map.of(port, "50:dialogues"));
    try (Engine engine = Engine.start(spec)) {
      Bench.warmALittle(engine, shop);
      seed(engine, shop);
      return measure(engine, new Readers(engine.first(), shop, DensityBench::name));
    } finally {
      vendor.destroy();
    }
  }

  private EngineSpec spec(Tenant shop) {
    long wanted = EMPTY_MEGABYTES + (long) count * KIBIBYTES_EACH / 1024;
    long heap = Math.min(HEAP_MEGABYTES_MAX, wanted);
    return EngineSpec.of(List.of(shop))
        .options(List.of("-Xmx%dm".formatted(heap)))
        .options(Footprint.options(YOUNG_MEGABYTES))
        // A quarter more: the limit is shared out among shards, which are never quite even.
        .environment("FENGDA_ENTITIES_MAX", Integer.toString(count + count / 4 + 10_000))
        // To open a million takes longer than a conversation may be idle.
        .setting("akka.cluster.sharding.passivation.conversations.idle-entity.timeout", "24h")
        .setting("fengda.conversation.snapshot-every", Integer.toString(snapshotEvery()))
        .with(difference);
  }

  private int snapshotEvery() {
    return count > WHOLE_HISTORIES_MAX ? EVENTS : SNAPSHOT_EVERY;
  }

  private static String name(long number) {
    return "seeded-" + number;
  }

  private void seed(Engine engine, Tenant shop) {
    List<String> customers = Talks.customers("template-", TEMPLATES);
    Talks.hold(engine, shop, customers, TURNS);
    try (JournalSeed seed = JournalSeed.of(engine)) {
      seed.copy(seed.templates(shop, customers, snapshotEvery()), shop, DensityBench::name, count);
      seed.settle();
    }
  }

  /** What readings cost; CPU in microseconds each. */
  private record Reading(double perSecond, double engine, double postgres, double client) {}

  private String measure(Engine engine, Readers readers) {
    Node node = engine.first();
    int first = Math.min(FIRST_MAX, count / 10);
    readers.read(0, first, 1);
    Footprint before = Footprint.of(node);
    int residentsBefore = node.residents();
    Reading opened = reading(engine, readers, first, 1);
    int residents = node.residents() - residentsBefore;
    Footprint after = Footprint.of(node);
    int opening = count - first;
    Reading again = reading(engine, readers, 0, Math.max(1, count / SECOND_READING_MAX));
    Footprint each = after.minus(before).per(opening);
    Footprint.head();
    before.print("before");
    after.print("%d conversations more".formatted(opening));
    each.printBytes("each");
    System.out.printf(
        Locale.ROOT,
        "%nin memory as the node itself says: %d of %d%n"
            + "opened:     %6.0f/s, CPU us each: engine %.0f, PostgreSQL %.0f, client %.0f%n"
            + "read again: %6.0f/s, CPU us each: engine %.0f, PostgreSQL %.0f, client %.0f (%s)%n"
            + "asked again: %d times%n",
        residents,
        opening,
        opened.perSecond(),
        opened.engine(),
        opened.postgres(),
        opened.client(),
        again.perSecond(),
        again.engine(),
        again.postgres(),
        again.client(),
        again.postgres() < FROM_MEMORY_MAX * opened.postgres() ? "from memory" : "NOT from memory",
        readers.triedAgain());
    if (residents < PRESENT_MIN * opening) {
      throw new IllegalStateException(
          "only %d of %d conversations are in memory".formatted(residents, opening));
    }
    return String.format(
        Locale.ROOT,
        "{\"bytesPerConversation\": %.0f, \"rssBytesPerConversation\": %.0f, \"conversations\":"
            + " %d, \"rssMegabytes\": %.0f, \"activationsPerSecond\": %.0f}",
        each.heapBytes(),
        each.rssBytes(),
        residents,
        after.rssBytes() / 1e6,
        opened.perSecond());
  }

  private Reading reading(Engine engine, Readers readers, int from, int every) {
    Engine.Cpu before = engine.cpu();
    double clientBefore = Processes.cpuSeconds(ProcessHandle.current());
    double seconds = readers.read(from, count, every);
    Engine.Cpu cpu = engine.cpu().minus(before);
    double client = Processes.cpuSeconds(ProcessHandle.current()) - clientBefore;
    double read = Math.ceilDiv(count - from, every);
    return new Reading(
        read / seconds,
        cpu.engine() * 1e6 / read,
        cpu.postgres() * 1e6 / read,
        client * 1e6 / read);
  }
}
