package io.fengda.journal;

import akka.Done;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.FreePorts;
import io.fengda.NodeSettings;
import io.fengda.ProcessCpu;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.embedded.EmbeddedPostgres;
import io.fengda.embedded.PostgresSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The group-commit journal against the stock plugin: events a second, latency of a write, and CPU
 * of JVM and PostgreSQL for each event. Writers are persistent actors that write one event after
 * the other. Both journals run in this JVM, on one database, in turns.
 */
public final class JournalBench {
  private static final String TEXT = "你好，我想找家人均消费在100-150元的餐馆吃饭，请推荐一家";
  private static final Duration WARM = Duration.ofSeconds(15);
  private static final Duration RUN = Duration.ofSeconds(5);
  private static final int PAIRS = 7;

  private final EmbeddedPostgres postgres;
  private final ActorSystem<Void> stock;
  private final ActorSystem<Void> group;

  private JournalBench(EmbeddedPostgres postgres) {
    this.postgres = postgres;
    this.stock = system(postgres.port(), "akka.persistence.r2dbc.journal");
    this.group = system(postgres.port(), "fengda.journal.group-commit");
  }

  public static void main(String[] args) throws Exception {
    Path data = Files.createTempDirectory("fengda-journal");
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(new PostgresSpec(data, FreePorts.of(1).getFirst()));
    try {
      new JournalBench(postgres).run();
    } finally {
      postgres.stop();
    }
    System.exit(0);
  }

  private static ActorSystem<Void> system(int port, String plugin) {
    Config config =
        ConfigFactory.load(
            ConfigFactory.parseString(
                    """
                fengda.database.url = "postgres://fengda:fengda@127.0.0.1:%d/fengda"
                fengda.journal.plugin = "%s"
                akka.actor.provider = local
                """
                        .formatted(port, plugin))
                .withFallback(ConfigFactory.parseResourcesAnySyntax("application")));
    Config node = NodeSettings.from(config).config();
    JournalSchema.ensure(node, Duration.ofSeconds(20));
    return ActorSystem.create(Behaviors.empty(), "bench", node);
  }

  private void run() {
    System.out.println(
        "writers        journal   events/s   latency us   PostgreSQL us/event   JVM us/event");
    Compared one = compare(1);
    Compared eight = compare(8);
    Compared many = compare(64);
    System.out.printf(
        Locale.ROOT,
        "RESULT {\"ratio64\": %.2f, \"ratio8\": %.2f, \"latencyRatio1\": %.2f,"
            + " \"postgresCpuRatio\": %.2f}%n",
        many.median(Run::eventsPerSecond),
        eight.median(Run::eventsPerSecond),
        one.median(Run::latencyMicros),
        many.median(Run::postgresMicros));
  }

  /** What a journal did in one run; times in microseconds. */
  private record Run(
      double eventsPerSecond, double latencyMicros, double postgresMicros, double jvmMicros) {}

  /** Runs of both, each pair one after the other. */
  private record Compared(List<Run> stock, List<Run> group) {
    /** Of the pairs' ratios, group commit to stock. */
    double median(ToDoubleFunction<Run> figure) {
      return JournalBench.median(
          IntStream.range(0, stock.size())
              .mapToDouble(
                  i -> figure.applyAsDouble(group.get(i)) / figure.applyAsDouble(stock.get(i)))
              .toArray());
    }
  }

  private Compared compare(int writers) {
    var unused = run(stock, writers, WARM);
    unused = run(group, writers, WARM);
    Compared compared = new Compared(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < PAIRS; i++) {
      compared.stock().add(run(stock, writers, RUN));
      compared.group().add(run(group, writers, RUN));
    }
    print(writers, "stock", compared.stock());
    print(writers, "group commit", compared.group());
    return compared;
  }

  private static void print(int writers, String journal, List<Run> runs) {
    System.out.printf(
        Locale.ROOT,
        "%7d   %12s   %8.0f   %10.0f   %19.0f   %12.0f%n",
        writers,
        journal,
        median(runs, Run::eventsPerSecond),
        median(runs, Run::latencyMicros),
        median(runs, Run::postgresMicros),
        median(runs, Run::jvmMicros));
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
    return median(runs.stream().mapToDouble(figure).toArray());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private Run run(ActorSystem<Void> system, int writers, Duration time) {
    TestProbe<Written> probe = TestProbe.create(system);
    double postgresBefore = postgresMicros();
    double jvmBefore = ProcessCpu.micros(Stream.of(ProcessHandle.current()));
    long start = System.nanoTime();
    for (int i = 0; i < writers; i++) {
      ActorRef<Done> writer =
          system.systemActorOf(
              Writer.create(start + time.toNanos(), probe.ref()),
              "writer-" + UUID.randomUUID(),
              Props.empty());
      writer.tell(Done.getInstance());
    }
    long events = 0;
    double nanos = 0;
    for (int i = 0; i < writers; i++) {
      Written written = probe.receiveMessage(time.plusSeconds(30));
      events += written.events();
      nanos += written.nanos();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Run(
        events / seconds,
        nanos / events / 1e3,
        (postgresMicros() - postgresBefore) / events,
        (ProcessCpu.micros(Stream.of(ProcessHandle.current())) - jvmBefore) / events);
  }

  private double postgresMicros() {
    return ProcessCpu.microsWithDescendants(ProcessHandle.of(postgres.pid()).orElseThrow());
  }

  /** What a writer wrote, and how long its writes took together. */
  private record Written(long events, long nanos) {}

  /** Writes one event after the other until its time is over. */
  private static final class Writer extends EventSourcedBehavior<Done, ConversationEvent, Integer> {
    private final ActorContext<Done> context;
    private final long until;
    private final ActorRef<Written> report;
    private long events;
    private long nanos;

    private Writer(ActorContext<Done> context, long until, ActorRef<Written> report) {
      super(PersistenceId.of("Bench", UUID.randomUUID().toString()));
      this.context = context;
      this.until = until;
      this.report = report;
    }

    static Behavior<Done> create(long until, ActorRef<Written> report) {
      return Behaviors.setup(context -> new Writer(context, until, report));
    }

    @Override
    public Integer emptyState() {
      return 0;
    }

    @Override
    public CommandHandler<Done, ConversationEvent, Integer> commandHandler() {
      return (state, go) -> {
        long begun = System.nanoTime();
        if (begun >= until) {
          report.tell(new Written(events, nanos));
          return Effect().stop();
        }
        return Effect()
            .persist(JournalRows.received(state + 1, TEXT))
            .thenRun(
                after -> {
                  events++;
                  nanos += System.nanoTime() - begun;
                  context.getSelf().tell(Done.getInstance());
                });
      };
    }

    @Override
    public EventHandler<Integer, ConversationEvent> eventHandler() {
      return (state, event) -> state + 1;
    }
  }
}
