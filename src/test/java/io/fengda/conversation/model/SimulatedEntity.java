package io.fengda.conversation.model;

import static io.fengda.conversation.model.Ledger.check;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.conversation.model.SimulatedCustomer.Answer;
import io.fengda.conversation.model.SimulatedCustomer.Request;
import io.fengda.conversation.model.SimulatedShard.Mail;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of the entity around the model: recover; then for each message decide, persist, apply,
 * and one effect after the other. It can die before each of these.
 */
final class SimulatedEntity {
  private static final double CRASH_PROBABILITY = 0.005;
  private static final int SNAPSHOT_ROWS = 7;

  private record Work(String name, Runnable action) {}

  private final Simulation simulation;
  private final SimulatedWorld world;
  private final PlantedBug bug;
  private final Deque<Mail> mailbox = new ArrayDeque<>();
  private final Deque<Work> work = new ArrayDeque<>();
  private final Map<Long, List<Request>> askers = new HashMap<>();
  private final Set<SimulatedWatcher> watchers = new LinkedHashSet<>();
  private Conversation conversation = Conversation.empty();
  private @Nullable Attempt attempt;
  private int rows;
  private int snapshotRows;
  private boolean alive = true;
  private boolean recovered;
  private boolean takenUp;
  private boolean writing;
  private boolean planned;

  SimulatedEntity(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world();
    this.bug = simulation.bug();
  }

  /** Begins its life. */
  void start() {
    simulation.begins();
    add("recover", this::recover);
  }

  Conversation conversation() {
    return conversation;
  }

  @Nullable Attempt attempt() {
    return attempt;
  }

  /** How many rows of the journal it knows. */
  int rows() {
    return rows;
  }

  boolean isRecovered() {
    return recovered;
  }

  /** Whether it has finished what it began, and taken up what it found. */
  boolean isAtRest() {
    return takenUp && work.isEmpty() && !writing;
  }

  void receive(Mail mail) {
    mailbox.addLast(mail);
    proceed();
  }

  void die() {
    alive = false;
  }

  private void add(String name, Runnable action) {
    work.addLast(new Work(name, action));
    proceed();
  }

  private void proceed() {
    if (!planned && !writing && !(work.isEmpty() && mailbox.isEmpty())) {
      planned = true;
      world.after(world.chance(0.1) ? world.between(1, 5) : 0, "the entity", this::next);
    }
  }

  private void next() {
    planned = false;
    if (!alive) {
      return;
    }
    if (world.fault("entity crash", CRASH_PROBABILITY)) {
      simulation.shard().crash();
      return;
    }
    Work next = work.isEmpty() ? new Work("take", this::take) : work.removeFirst();
    world.note(next.name());
    next.action().run();
    proceed();
  }

  private void recover() {
    SimulatedJournal.Recovered from = simulation.journal().recover(Simulation.LIMITS);
    conversation = from.conversation();
    rows = from.rows();
    snapshotRows = rows;
    recovered = true;
    takenUp = bug == PlantedBug.OPEN_TURN_NOT_TAKEN_UP;
    if (!takenUp) {
      receive(new Mail.TakeUp());
    }
  }

  private void take() {
    switch (mailbox.removeFirst()) {
      case Mail.Ask(Input.Receive receive, Request request) -> decide(receive, request);
      case Mail.Tell(Input input) -> decide(input, null);
      case Mail.Watch(SimulatedWatcher watcher, long after) -> watch(watcher, after);
      case Mail.Redrive(int seen) when seen > rows && bug != PlantedBug.UNKNOWN_ROW_IGNORED -> {
        world.count("redriven with an unknown row");
        simulation.shard().restart();
      }
      case Mail.TakeUp takeUp -> {
        takenUp = true;
        decide(new Input.Wake(), null);
      }
      case Mail.Redrive redrive -> decide(new Input.Wake(), null);
    }
  }

  private void watch(SimulatedWatcher watcher, long after) {
    watchers.add(watcher);
    boolean inMemory = conversation.remembersAllAfter(after);
    long first = conversation.firstSeq();
    world.count(inMemory ? "watched from memory" : "watched from the journal");
    List<Message> missing =
        inMemory ? conversation.transcript().after(after) : simulation.ledger().after(after);
    Attempt working = attempt;
    add("show", () -> watcher.send(() -> watcher.show(first, missing, working)));
  }

  private void decide(Input input, @Nullable Request request) {
    Decision decision =
        simulation
            .decider()
            .decide(conversation, attempt, input, world.now(), simulation.newAttemptId());
    world.note(input);
    world.note(decision);
    simulation.count(input, decision);
    switch (decision) {
      case Decision.Persist(List<ConversationEvent> events) -> persist(events, request);
      case Decision.Repeat(Known known) -> add("repeat", () -> repeat(known, request));
      case Decision.Refuse(Refusal why) ->
          add("refuse", () -> tell(request, new Answer.Refused(why)));
      case Decision.Extend(Attempt extended, Input.Delta news) -> {
        attempt = extended;
        toWatchers("stream", watcher -> watcher.delta(news));
      }
      case Decision.BeginAttempt begin -> begin();
      case Decision.Ignore ignore -> {}
    }
  }

  private void persist(List<ConversationEvent> events, @Nullable Request request) {
    events.stream().filter(this::isTooHasty).forEach(event -> announce(event, request));
    if (bug == PlantedBug.APPLIED_BEFORE_PERSIST) {
      apply(events, request);
    }
    add("persist", () -> write(events, request));
  }

  private void write(List<ConversationEvent> events, @Nullable Request request) {
    writing = true;
    int expected = bug == PlantedBug.APPLIED_BEFORE_PERSIST ? rows - events.size() : rows;
    simulation
        .journal()
        .write(expected, events, () -> written(events, request), () -> unknown(request));
  }

  private void written(List<ConversationEvent> events, @Nullable Request request) {
    if (alive) {
      writing = false;
      if (bug == PlantedBug.APPLIED_BEFORE_PERSIST) {
        proceed();
      } else {
        add("apply", () -> apply(events, request));
      }
    }
  }

  private void unknown(@Nullable Request request) {
    if (alive) {
      world.count("write of unknown outcome");
      tell(request, new Answer.Failed());
      if (bug == PlantedBug.UNKNOWN_WRITE_TAKEN_FOR_NONE) {
        writing = false;
        proceed();
      } else {
        simulation.shard().restart();
      }
    }
  }

  private void apply(List<ConversationEvent> events, @Nullable Request request) {
    for (ConversationEvent event : events) {
      conversation = conversation.apply(event, Simulation.LIMITS);
      rows++;
      if (!isTooHasty(event)) {
        announce(event, request);
      }
    }
    Attempt before = attempt;
    if (before != null && !covers(before) && bug != PlantedBug.ATTEMPT_OUTLIVES_ITS_TURN) {
      attempt = null;
    }
    if (TurnRules.needsAttempt(conversation, attempt)
        && takenUp
        && !(bug == PlantedBug.WAITING_TURN_NEVER_OPENED && before != null)) {
      begin();
      if (bug == PlantedBug.PARTIAL_NOT_RESET && before != null && attempt != null) {
        attempt = attempt.plus(before.partialText());
      }
    }
    if (rows - snapshotRows >= SNAPSHOT_ROWS) {
      snapshotRows = rows;
      add("snapshot", () -> simulation.journal().saveSnapshot(rows, conversation));
    }
  }

  private boolean isTooHasty(ConversationEvent event) {
    return event instanceof MessageReceived
        ? bug == PlantedBug.ACCEPTED_BEFORE_PERSIST
        : bug == PlantedBug.ENDED_BEFORE_PERSIST;
  }

  private boolean covers(Attempt some) {
    return conversation.phase() instanceof TurnOpen open
        && open.turn().seqs().equals(some.covers());
  }

  private void announce(ConversationEvent event, @Nullable Request request) {
    switch (event) {
      case MessageReceived received -> {
        await(received.seq(), request);
        if (received.joinsTurn()) {
          cancelAttempt();
        }
        add("accept", () -> tell(request, new Answer.Accepted(received.seq())));
        Message message =
            new Message.FromCustomer(
                received.seq(), received.messageId(), received.text(), received.at(), Outcome.OPEN);
        toWatchers("show", watcher -> watcher.message(message));
      }
      case ReplyGenerated(Message.Reply reply, boolean leavesTurnOpen) -> {
        world.count("reply of kind " + reply.kind());
        end(reply.covers(), reply.kind().outcome(), reply.seq(), reply.text());
        toWatchers("show", watcher -> watcher.message(reply));
      }
      case TurnCancelled cancelled -> {
        end(cancelled.covers(), Outcome.CANCELLED, 0, "");
        cancelAttempt();
      }
      case ConversationErased erased -> {
        askers
            .values()
            .forEach(
                requests ->
                    requests.forEach(
                        each ->
                            add("refuse", () -> tell(each, new Answer.Refused(Refusal.ERASED)))));
        askers.clear();
        cancelAttempt();
        toWatchers("erase", watcher -> watcher.erased(erased.nextSeq()));
      }
    }
  }

  private void cancelAttempt() {
    Attempt working = attempt;
    if (working != null) {
      add("cancel", () -> simulation.workers().cancel(working.id()));
    }
  }

  private void await(long seq, @Nullable Request request) {
    if (request != null) {
      askers.computeIfAbsent(seq, key -> new ArrayList<>()).add(request);
    }
  }

  private void end(List<Long> covers, Outcome outcome, long replySeq, String text) {
    for (long seq : covers) {
      for (Request request : askers.getOrDefault(seq, List.of())) {
        add("end", () -> tell(request, new Answer.Ended(seq, outcome, replySeq, text)));
      }
      askers.remove(seq);
    }
  }

  private void repeat(Known known, @Nullable Request request) {
    if (known.outcome() == Outcome.OPEN) {
      await(known.seq(), request);
      tell(request, new Answer.Accepted(known.seq()));
    } else {
      String text =
          known.replySeq() == 0
              ? ""
              : conversation
                  .transcript()
                  .find(known.replySeq())
                  .orElseGet(() -> simulation.ledger().message(known.replySeq()))
                  .text();
      tell(request, new Answer.Ended(known.seq(), known.outcome(), known.replySeq(), text));
    }
  }

  private void begin() {
    TurnOpen open = (TurnOpen) conversation.phase();
    check(attempt == null || !covers(attempt), "one attempt at a time", open, attempt);
    Attempt next =
        Attempt.begin(
            simulation.newAttemptId(), open.turn().seqs(), world.now().plus(Simulation.DEADLINE));
    simulation.ledger().begins(next);
    attempt = next;
    add("publish", () -> simulation.workers().publish(next));
    add(
        "set timer",
        () -> world.after(Simulation.DEADLINE_AND_GRACE, "deadline", () -> ring(next)));
  }

  private void ring(Attempt of) {
    if (alive) {
      receive(new Mail.Tell(new Input.Deadline(of.id())));
    }
  }

  private void tell(@Nullable Request request, Answer answer) {
    if (request != null) {
      simulation.ledger().checkTold(request, answer, rows == simulation.journal().rows());
      request.from().send(request, answer);
    }
  }

  private void toWatchers(String name, Consumer<SimulatedWatcher> news) {
    for (SimulatedWatcher watcher : watchers) {
      add(name, () -> watcher.send(() -> news.accept(watcher)));
    }
  }
}
