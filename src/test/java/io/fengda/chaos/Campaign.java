package io.fengda.chaos;

import io.fengda.chaos.Dialogue.Turn;
import io.fengda.chaos.Fault.Injection;
import io.fengda.chaos.Report.Row;
import io.fengda.chaos.Violation.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One fault after the other under load, then the reckoning. */
final class Campaign {
  private static final Duration RECOVERY_MAX = Duration.ofSeconds(60);

  /** A message may be hit by a fault that begins so long after it was sent. */
  private static final long PASSES_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration SLOW = Duration.ofSeconds(3);
  private static final int SHOWN_MAX = 5;
  private static final int NEWCOMERS = 30;
  private static final int RUSHES_MAX = 5;
  private static final Duration RUSH = Duration.ofSeconds(2);
  private static final int CALM_MILLIS_MAX = 2_000;

  private final long seed;
  private final Random random;
  private final Lab lab;
  private final Load load;
  private final List<Row> rows = new ArrayList<>();
  private final List<Long> startsNanos = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final List<String> late = new ArrayList<>();

  private Campaign(long seed, Random random, Lab lab, Load load) {
    this.seed = seed;
    this.random = random;
    this.lab = lab;
    this.load = load;
  }

  /** The seed of this run: the one that is given, or another every time. */
  static long seed() {
    return Long.getLong("fengda.seed", System.nanoTime() & 0xffff_ffffL);
  }

  /** Runs the faults in this order; the report is printed and in the folder. */
  static Report run(long seed, List<Fault> faults, Load.Size size) {
    System.out.printf("chaos: -Dfengda.seed=%d%n", seed);
    Random random = new Random(seed);
    Path folder = Path.of("target", "chaos", Long.toString(seed));
    try (Lab lab = Lab.start(folder, new Random(random.nextLong()))) {
      Load load = Load.start(lab.gateways(), new Random(random.nextLong()), size);
      Campaign campaign = new Campaign(seed, random, lab, load);
      campaign.run(faults);
      load.end();
      Report report = campaign.report();
      report.write(folder.resolveSibling("report.md"));
      System.out.println(report.markdown());
      return report;
    }
  }

  /** Every fault in turn; after one that leaves the lab in pieces there is no other. */
  private void run(List<Fault> faults) {
    try {
      faults.forEach(this::run);
    } catch (RuntimeException e) {
      broken("#%d is the last one: %s".formatted(rows.size() + 1, e));
    }
  }

  private void run(Fault fault) {
    awaitSteady(fault);
    fault.prepare(lab);
    load.prepare(NEWCOMERS);
    ClientContext.pause(Duration.ofMillis(random.nextInt(CALM_MILLIS_MAX)));
    require(await(() -> load.openTurns() > 0) >= 0, "no turn in flight before " + fault.title());
    List<Integer> connections = lab.databaseConnections();
    int inFlight = load.openTurns();
    long startNanos = System.nanoTime();
    startsNanos.add(startNanos);

    Injection injection = fault.inject(lab, new Random(random.nextLong()));
    Row row = recovered(fault, injection, new Before(inFlight, startNanos));
    rows.add(row);
    judge(row);
    judgePools(fault, connections);
    injection.restore().get().forEach(problem -> broken("#%d: %s".formatted(rows.size(), problem)));
  }

  /** What was when the fault began. */
  private record Before(int inFlight, long startNanos) {}

  /** Waits until everybody has a real answer to something new, and counts what happened. */
  private Row recovered(Fault fault, Injection injection, Before before) {
    long healedNanos = System.nanoTime();
    List<Dialogue> newcomers = load.newcomers();
    double flow = await(() -> newcomers.stream().allMatch(one -> one.isAnsweredSince(healedNanos)));
    double rest = await(() -> areAnsweredSince(healedNanos));
    long recoveredNanos = System.nanoTime();
    Predicate<Dialogue> others = injection.affected().negate().and(load.regulars()::contains);
    List<Turn> hitTurns = turns(before.startNanos(), recoveredNanos, injection.affected());
    List<Turn> otherTurns = turns(before.startNanos(), recoveredNanos, others);
    List<Turn> turns = Stream.concat(hitTurns.stream(), otherTurns.stream()).toList();
    Row row =
        new Row(
            fault,
            injection.note(),
            before.inFlight(),
            turns.size(),
            turns.stream().filter(turn -> turn.outcome().equals("fallback")).count(),
            longest(hitTurns),
            longest(otherTurns),
            flow,
            rest < 0 ? rest : seconds(recoveredNanos - healedNanos),
            0,
            0);
    tell(row, turns);
    return row;
  }

  private void tell(Row row, List<Turn> turns) {
    String at = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString();
    System.out.println(at + " " + row.line(rows.size() + 1));
    turns.stream()
        .filter(turn -> turn.seconds() > SLOW.toSeconds())
        .sorted(Comparator.comparingDouble(Turn::seconds).reversed())
        .limit(SHOWN_MAX)
        .forEach(turn -> System.out.println("  " + turn));
  }

  private boolean areAnsweredSince(long nanos) {
    return load.regulars().stream().allMatch(one -> one.isAnsweredSince(nanos));
  }

  private void awaitSteady(Fault fault) {
    lab.awaitWhole();
    long nowNanos = System.nanoTime();
    require(await(() -> areAnsweredSince(nowNanos)) >= 0, "not steady before " + fault.title());
  }

  private List<Turn> turns(long fromNanos, long toNanos, Predicate<Dialogue> of) {
    return load.turnsSince(fromNanos, of).stream()
        .filter(turn -> turn.sentNanos() < toNanos)
        .toList();
  }

  private static double longest(List<Turn> turns) {
    return turns.stream().mapToDouble(Turn::seconds).max().orElse(0);
  }

  private void judge(Row row) {
    require(row.flow() >= 0, "new conversations got no answer after #" + rows.size());
    require(row.all() >= 0, "not everybody got an answer after #" + rows.size());
    Fault.Promise promise = row.fault().promise();
    inTime("new conversations", row.flow(), promise.flowMax());
    inTime("those who were hit", row.hitGap(), promise.hitMax());
    inTime("others", row.othersGap(), promise.othersMax());
  }

  /** A pool that has lost connections for good does not grow under another rush. */
  private void judgePools(Fault fault, List<Integer> before) {
    if (!fault.hitsDatabase()) {
      return;
    }
    for (int rush = 0; rush < RUSHES_MAX && !isAtLeast(lab.databaseConnections(), before); rush++) {
      load.prepare(NEWCOMERS);
      var unused = load.newcomers();
      ClientContext.pause(RUSH);
    }
    if (!isAtLeast(lab.databaseConnections(), before)) {
      late.add(
          "#%d: pools had %s connections, have %s"
              .formatted(rows.size(), before, lab.databaseConnections()));
    }
    require(
        lab.databaseConnections().stream().allMatch(count -> count <= Lab.POOL_MAX),
        "#%d: more connections than the pool may have: %s"
            .formatted(rows.size(), lab.databaseConnections()));
  }

  private static boolean isAtLeast(List<Integer> counts, List<Integer> others) {
    return IntStream.range(0, counts.size()).allMatch(i -> counts.get(i) >= others.get(i));
  }

  private void inTime(String who, double seconds, int max) {
    if (seconds > max) {
      late.add("#%d: %s waited %.1f s, not %d".formatted(rows.size(), who, seconds, max));
    }
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      broken(otherwise);
    }
  }

  private void broken(String what) {
    System.out.println("BROKEN: " + what);
    broken.add(what);
  }

  /** Holds every record against its history, and the journal against itself. */
  private Report report() {
    Map<Integer, Long> lost = new HashMap<>();
    Map<Integer, Long> doubled = new HashMap<>();
    for (Dialogue dialogue : load.all()) {
      ClientRecord record = dialogue.record();
      for (Violation violation : Checker.check(record, load.history(dialogue))) {
        broken("#%d: %s".formatted(faultOf(record, violation) + 1, violation));
        if (violation.rule() == Rule.LOST) {
          lost.merge(faultOf(record, violation), 1L, Long::sum);
        } else if (violation.rule() == Rule.DOUBLED) {
          doubled.merge(faultOf(record, violation), 1L, Long::sum);
        }
      }
    }
    load.failures().forEach(failure -> broken("given up: " + failure));
    Journal journal = Journal.at(lab.services().postgresPort());
    journal.withGaps().forEach(this::broken);
    journal.leftOpen().forEach(this::broken);
    List<Row> reckoned = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      reckoned.add(rows.get(i).with(lost.getOrDefault(i, 0L), doubled.getOrDefault(i, 0L)));
    }
    return new Report(seed, reckoned, broken, late);
  }

  /** The last fault that began before the message's turn was over, or -1. */
  private int faultOf(ClientRecord record, Violation violation) {
    return record.said().stream()
            .filter(said -> said.id().equals(violation.messageId()))
            .findFirst()
            .map(
                said ->
                    (int)
                        startsNanos.stream()
                            .filter(at -> at < said.sentNanos() + PASSES_NANOS)
                            .count())
            .orElse(0)
        - 1;
  }

  /** Seconds until it is so; -1 if it is not in time. */
  private static double await(BooleanSupplier condition) {
    long startNanos = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - startNanos > RECOVERY_MAX.toNanos()) {
        return -1;
      }
      ClientContext.pause(POLL);
    }
    return seconds(System.nanoTime() - startNanos);
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
