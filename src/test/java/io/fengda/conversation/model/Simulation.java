package io.fengda.conversation.model;

import static io.fengda.conversation.model.Ledger.check;
import static io.fengda.conversation.model.Ledger.found;

import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.SimulatedShard.Mail;
import io.fengda.tenant.Language;
import io.fengda.tenant.OverlapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A seeded simulation of one conversation: customers, watchers, workers, a journal, a redriver, and
 * an entity that lives and dies around the model. After every step the promises are checked.
 */
final class Simulation {
  static final String SEED_PROPERTY = "fengda.simulation.seed";
  static final ModelLimits LIMITS = new ModelLimits(12, 150, 1_000, 3, 3);
  static final Duration ABANDON_AFTER = Duration.ofSeconds(20);
  static final Duration DEADLINE = Duration.ofMillis(1_500);
  static final Duration DEADLINE_AND_GRACE = DEADLINE.plusMillis(200);
  static final String FALLBACK = "We are busy. Please try again later.";

  private static final int WATCHERS = 2;
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(2);
  private static final Duration SWEEP_AGE = Duration.ofSeconds(3);
  private static final Duration SETTLED_AFTER = Duration.ofMinutes(3);
  private static final Duration STILL_MAX = Duration.ofSeconds(100);

  private final PlantedBug bug;
  private final Map<OverlapPolicy, Decider> deciders = new EnumMap<>(OverlapPolicy.class);
  private final SimulatedWorld world;
  private final Ledger ledger;
  private final SimulatedJournal journal;
  private final SimulatedShard shard;
  private final SimulatedWorkers workers;
  private final List<SimulatedCustomer> customers;
  private final List<SimulatedWatcher> watchers;

  /** What the journal tells after each number of rows, as far back as the entity may be. */
  private final TreeMap<Integer, Conversation> told = new TreeMap<>();

  private Conversation checkedConversation = Conversation.empty();
  private @Nullable Attempt checkedAttempt;
  private OverlapPolicy overlap;
  private int attempts;

  private Simulation(long seed, PlantedBug bug) {
    this.bug = bug;
    for (OverlapPolicy each : OverlapPolicy.values()) {
      deciders.put(each, bug.plantedIn(rules(each)));
    }
    world = new SimulatedWorld(seed);
    overlap = anyOverlap();
    ledger = new Ledger(this);
    journal = new SimulatedJournal(world, ledger);
    shard = new SimulatedShard(this);
    workers = new SimulatedWorkers(this);
    boolean calm = world.chance(0.3);
    int pauseMillisMax = calm ? 300_000 : world.pick(1_000, 4_000);
    customers =
        IntStream.range(0, calm ? world.pick(1, 2) : world.pick(2, 4, 6))
            .mapToObj(i -> new SimulatedCustomer(this, "c" + i, pauseMillisMax))
            .toList();
    watchers =
        IntStream.range(0, WATCHERS)
            .mapToObj(i -> new SimulatedWatcher(this, "w" + i, Math.max(3_000, pauseMillisMax / 4)))
            .toList();
    told.put(0, Conversation.empty());
  }

  static Simulation of(long seed) {
    return new Simulation(seed, PlantedBug.NONE);
  }

  static Simulation of(long seed, PlantedBug bug) {
    return new Simulation(seed, bug);
  }

  /**
   * Takes so many steps with faults, then as many without as it takes to settle.
   *
   * @param faultySteps few enough that no message id is forgotten meanwhile
   * @throws AssertionError if a promise is broken; tells seed and last steps
   */
  Simulation run(int faultySteps) {
    customers.forEach(SimulatedCustomer::start);
    watchers.forEach(SimulatedWatcher::start);
    sweep();
    while (world.stepsTaken() < faultySteps) {
      world.step(this::checkPromises);
    }
    world.stopFaults();
    Instant end = world.now().plus(SETTLED_AFTER);
    while (!isSettled()) {
      world.step(
          () -> {
            checkPromises();
            check(world.now().isBefore(end), "everything settles", customers, watchers);
          });
    }
    return this;
  }

  long stepsTaken() {
    return world.stepsTaken();
  }

  /** How often what happened. */
  Map<String, Integer> counts() {
    return world.counts();
  }

  List<ConversationEvent> events() {
    return journal.events();
  }

  private static TurnRules rules(OverlapPolicy overlap) {
    return new TurnRules(
        LIMITS, overlap, ABANDON_AFTER, Map.of(Language.EN, FALLBACK, Language.ZH, FALLBACK));
  }

  private OverlapPolicy anyOverlap() {
    return List.of(OverlapPolicy.values()).get(world.pick(0, 1, 2, 3));
  }

  /** An entity begins its life; now and then the tenant's policy has changed meanwhile. */
  void begins() {
    if (world.fault("policy changed", 0.2)) {
      overlap = anyOverlap();
    }
  }

  Decider decider() {
    return Objects.requireNonNull(deciders.get(overlap));
  }

  PlantedBug bug() {
    return bug;
  }

  SimulatedWorld world() {
    return world;
  }

  Ledger ledger() {
    return ledger;
  }

  SimulatedJournal journal() {
    return journal;
  }

  SimulatedShard shard() {
    return shard;
  }

  SimulatedWorkers workers() {
    return workers;
  }

  AttemptId newAttemptId() {
    return new AttemptId("a" + attempts++);
  }

  void count(Input input, Decision decision) {
    String what =
        switch (decision) {
          case Decision.Refuse(Refusal why) -> why.name();
          case Decision.Ignore(Decision.Ignore.Reason why) -> why.name();
          case Decision.Persist persist -> "persist";
          case Decision.Repeat repeat -> "repeat " + repeat.known().outcome();
          case Decision.Extend extend -> "extend";
          case Decision.BeginAttempt begin -> "begin an attempt";
        };
    world.count(input.getClass().getSimpleName() + " → " + what);
  }

  /** The redriver: wakes the entity where the journal's last row has left a turn open for long. */
  private void sweep() {
    List<ConversationEvent> events = journal.events();
    if (!events.isEmpty()) {
      ConversationEvent last = events.getLast();
      if (last.leavesTurnOpen()
          && (last.at().plus(SWEEP_AGE).isBefore(world.now()) || world.fault("swept early", 0.1))) {
        shard.send(world.between(1, 20), new Mail.Redrive(events.size()));
      }
    }
    world.after(SWEEP_INTERVAL, "the redriver sweeps", this::sweep);
  }

  private boolean isSettled() {
    return ledger.everyTurnHasEnded()
        && customers.stream().allMatch(SimulatedCustomer::isContent)
        && watchers.stream().allMatch(watcher -> watcher.hasSeen(ledger.lastSeq()));
  }

  private void checkPromises() {
    if (told.lastKey() < journal.rows()) {
      for (int rows = told.lastKey(); rows < journal.rows(); rows++) {
        Conversation last = told.lastEntry().getValue();
        told.put(rows + 1, last.apply(journal.events().get(rows), LIMITS));
      }
      ledger.checkTellsTheSame(told.lastEntry().getValue());
    }
    ledger
        .stillSince()
        .ifPresent(
            since -> check(world.now().isBefore(since.plus(STILL_MAX)), "a turn goes on", since));
    SimulatedEntity entity = shard.entity();
    if (entity != null && entity.isRecovered()) {
      checkConversation(entity);
      checkAttempt(entity);
    }
  }

  private void checkConversation(SimulatedEntity entity) {
    Conversation live = entity.conversation();
    if (live.equals(checkedConversation)) {
      return;
    }
    Conversation replayed =
        found(told.get(entity.rows()), "an entity is where the journal was", journal.rows());
    check(
        live.nextSeq() == replayed.nextSeq()
            && live.firstSeq() == replayed.firstSeq()
            && live.phase().equals(replayed.phase())
            && live.transcript().equals(replayed.transcript())
            && Arrays.equals(live.recentIds().toLongs(), replayed.recentIds().toLongs()),
        "replay gives the live state",
        live,
        replayed);
    told.headMap(entity.rows()).clear();
    checkedConversation = live;
  }

  private void checkAttempt(SimulatedEntity entity) {
    Attempt attempt = entity.attempt();
    if (entity.isAtRest()) {
      boolean covers =
          entity.conversation().phase() instanceof TurnOpen open
              ? attempt != null && attempt.covers().equals(open.turn().seqs())
              : attempt == null;
      check(covers, "an attempt for the open turn, else none", attempt);
    }
    if (attempt != null && !attempt.equals(checkedAttempt) && !attempt.partialText().isEmpty()) {
      String partial = attempt.partialText();
      String streamed = workers.script(attempt.id()).streamed();
      check(streamed.startsWith(partial), "a partial answer is a prefix", attempt, streamed);
      int codePoints = partial.codePointCount(0, partial.length());
      check(codePoints == attempt.partialCodePoints(), "code points are counted", attempt);
    }
    checkedAttempt = attempt;
  }
}
