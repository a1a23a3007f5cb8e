package io.fengda.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a turn costs as things grow, at one modest rate: processes of the engine, conversations in
 * the journal, turns of a conversation, bytes of a text. Each row is of a tenant of its own, so
 * that it does not inherit the conversations of another.
 */
final class GrowthBench {
  private static final double RATE = 200;
  private static final int SECONDS = 60;

  /** In which the known customers' conversations come into memory. */
  private static final int LEAD_SECONDS = 20;

  private static final String PROCESSES = "processes";
  private static final String EXISTING = "existing";
  private static final String TURNS = "turns";
  private static final String TEXT = "text";
  private static final List<String> PARTS = List.of(PROCESSES, TEXT, TURNS, EXISTING);

  private static final int NODES = 3;
  private static final int[] EXISTING_CONVERSATIONS = {10_000, 100_000, 1_000_000};
  private static final int EXISTING_TURNS = 10;
  private static final int[] TURNS_OF_CONVERSATION = {1, 10, 100};
  private static final int[] TEXT_BYTES = {64, 512, 2_048, 8_192};
  private static final int TEMPLATES = 20;
  private static final int SNAPSHOT_EVERY = 50;
  private static final String NAME = "%-24s";

  private final double rate;
  private final List<String> parts;
  private final List<String> difference;
  private final int vendorPort = Ports.free();
  private final Tenant warm = Tenant.unbounded("warm", vendorPort);
  private final List<String> rows = new ArrayList<>();

  private GrowthBench(double rate, List<String> parts, List<String> difference) {
    this.rate = rate;
    this.parts = parts;
    this.difference = difference;
  }

  /** Reads {@code [RATE] [PART …] [difference …]}; without a part all of them. */
  static GrowthBench of(List<String> given) {
    Arguments arguments = Arguments.of(given).with(1, PARTS);
    return new GrowthBench(
        arguments.number(0, RATE),
        arguments.words().isEmpty() ? PARTS : arguments.words(),
        arguments.engine());
  }

  String run() {
    Process vendor = Bench.vendors(Map.of(vendorPort, "50"));
    try {
      Cost.head(String.format(NAME, "").length());
      if (parts.contains(PROCESSES)) {
        processes();
      }
      if (Stream.of(TEXT, TURNS, EXISTING).anyMatch(parts::contains)) {
        oneProcess();
      }
      return "{\"rows\": [" + String.join(", ", rows) + "]}";
    } finally {
      vendor.destroy();
    }
  }

  private Tenant tenant(String part, int number) {
    return Tenant.unbounded(part + "-" + number, vendorPort);
  }

  private EngineSpec spec(Stream<Tenant> tenants) {
    return EngineSpec.of(Stream.concat(Stream.of(warm), tenants).toList()).with(difference);
  }

  private void processes() {
    List<Tenant> tenants =
        Stream.iterate(1, n -> n <= NODES, n -> n + 1).map(n -> tenant(PROCESSES, n)).toList();
    try (Engine engine = Engine.start(spec(tenants.stream()))) {
      for (int nodes = 1; nodes <= NODES; nodes++) {
        if (nodes > 1) {
          engine.join();
        }
        Bench.warm(engine, warm);
        Tenant tenant = tenants.get(nodes - 1);
        row(PROCESSES, nodes, "", engine, ledIn(engine, tenant, Dialogues.texts()));
      }
    }
  }

  /** The small things first: after them the journal is large. */
  private void oneProcess() {
    Stream<Tenant> tenants =
        Stream.of(
                tenants(TEXT, TEXT_BYTES),
                tenants(TURNS, TURNS_OF_CONVERSATION),
                tenants(EXISTING, EXISTING_CONVERSATIONS))
            .flatMap(List::stream);
    try (Engine engine = Engine.start(spec(tenants))) {
      Bench.warm(engine, warm);
      if (parts.contains(TEXT)) {
        text(engine);
      }
      if (parts.contains(TURNS)) {
        turns(engine);
      }
      if (parts.contains(EXISTING)) {
        existing(engine);
      }
    }
  }

  private List<Tenant> tenants(String part, int[] numbers) {
    return Arrays.stream(numbers).mapToObj(number -> tenant(part, number)).toList();
  }

  private void text(Engine engine) {
    for (int bytes : TEXT_BYTES) {
      Tenant tenant = tenant(TEXT, bytes);
      row(TEXT, bytes, "", engine, ledIn(engine, tenant, Dialogues.texts(bytes)));
    }
  }

  private void turns(Engine engine) {
    for (int turns : TURNS_OF_CONVERSATION) {
      Tenant tenant = tenant(TURNS, turns);
      seed(engine, tenant, turns, Bench.CUSTOMERS);
      row(TURNS, turns, "", engine, ledIn(engine, tenant, Dialogues.texts()));
    }
  }

  private void existing(Engine engine) {
    int there = 0;
    for (int conversations : EXISTING_CONVERSATIONS) {
      Tenant tenant = tenant(EXISTING, conversations);
      int more = conversations - there;
      seed(engine, tenant, EXISTING_TURNS, more);
      there = conversations;
      row(EXISTING, conversations, "2000 talk", engine, ledIn(engine, tenant, Dialogues.texts()));
      // Without a lead: each of these conversations is to be recovered from the journal.
      row(EXISTING, conversations, "all talk", engine, Population.of(tenant, more, rate, SECONDS));
    }
  }

  private void seed(Engine engine, Tenant tenant, int turns, long count) {
    List<String> customers = Talks.customers("template-%s-".formatted(tenant.id()), TEMPLATES);
    Talks.hold(engine, warm, customers, turns);
    try (JournalSeed seed = JournalSeed.of(engine)) {
      seed.copy(
          seed.templates(warm, customers, SNAPSHOT_EVERY),
          tenant,
          number -> Population.KNOWN + number,
          count);
      seed.settle();
    }
  }

  /** The load of a row, whose lead has been run when this returns. */
  private Population ledIn(Engine engine, Tenant tenant, List<String> texts) {
    Load.run(engine, Population.of(tenant, Bench.CUSTOMERS, rate, LEAD_SECONDS).saying(texts));
    return Population.of(tenant, Bench.CUSTOMERS, rate, SECONDS).saying(texts);
  }

  private void row(String part, int value, String detail, Engine engine, Population load) {
    Cost cost = Cost.of(engine, load);
    cost.print(String.format(NAME, "%s %d %s".formatted(part, value, detail)));
    rows.add(
        String.format(
            Locale.ROOT,
            "{\"part\": \"%s\", \"value\": %d, \"detail\": \"%s\", %s}",
            part,
            value,
            detail,
            cost.jsonFields()));
  }
}
