package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Message.FromCustomer;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.conversation.model.SimulatedCustomer.Answer;
import io.fengda.conversation.model.SimulatedCustomer.Request;
import io.fengda.conversation.model.SimulatedWorkers.Script;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The story that the journal tells, kept in lists and maps: a second teller that shares nothing
 * with the model, and complains about an impossible story and about whoever tells another.
 */
final class Ledger {
  private static final int CHECKED_IDS = 8;

  /** What a customer said, and how its turn ended. */
  private record Said(String text, long seq, Outcome outcome, long replySeq) {
    Known known() {
      return new Known(seq, Digest.of(text), outcome, replySeq);
    }
  }

  private final Simulation simulation;
  private final List<Message> log = new ArrayList<>();
  private final List<MessageId> ids = new ArrayList<>();
  private final Map<MessageId, Said> said = new HashMap<>();

  /** The turns that have not ended, each with its messages. */
  private final Deque<List<Long>> open = new ArrayDeque<>();

  private final Map<AttemptId, Attempt> attempts = new HashMap<>();
  private Instant takenUpAt = Instant.MIN;
  private Instant lastAt = Instant.MIN;
  private Instant erasedAt = Instant.MIN;
  private long firstSeq = 1;

  Ledger(Simulation simulation) {
    this.simulation = simulation;
  }

  static void check(boolean holds, String promise, @Nullable Object... values) {
    if (!holds) {
      throw broken(promise, values);
    }
  }

  static <T> T found(@Nullable T value, String promise, @Nullable Object... values) {
    if (value == null) {
      throw broken(promise, values);
    }
    return value;
  }

  private static AssertionError broken(String promise, @Nullable Object... values) {
    return new AssertionError(promise + ": " + Arrays.asList(values));
  }

  /** The number of messages, which is the last seq. */
  long lastSeq() {
    return log.size();
  }

  Message message(long seq) {
    return log.get(Math.toIntExact(seq - 1));
  }

  List<Message> after(long seq) {
    return List.copyOf(log.subList(Math.toIntExact(Math.max(seq, firstSeq - 1)), log.size()));
  }

  /** Where the log begins: what is before it was erased. */
  long firstSeq() {
    return firstSeq;
  }

  /** Whether answers from before an erasure may still be on their way. */
  boolean wasErasedLately() {
    return simulation.world().now().isBefore(erasedAt.plusSeconds(1));
  }

  boolean everyTurnHasEnded() {
    return open.isEmpty()
        && said.values().stream().noneMatch(each -> each.outcome() == Outcome.OPEN);
  }

  /** Since when nothing was written although a turn is open. */
  Optional<Instant> stillSince() {
    return open.isEmpty() ? Optional.empty() : Optional.of(lastAt);
  }

  private int waiting() {
    return Math.max(0, open.size() - 1);
  }

  void written(ConversationEvent event) {
    Instant now = simulation.world().now();
    check(!event.at().isBefore(lastAt) && !event.at().isAfter(now), "time goes on", event, lastAt);
    lastAt = event.at();
    switch (event) {
      case MessageReceived received -> received(received);
      case ReplyGenerated generated -> replied(generated.reply());
      case TurnCancelled cancelled -> ended(cancelled.covers(), Outcome.CANCELLED, 0, event.at());
      case ConversationErased erased -> erased(erased);
    }
    check(event.leavesTurnOpen() == !open.isEmpty(), "an event tells if a turn is open", event);
  }

  private void received(MessageReceived event) {
    check(event.seq() == log.size() + 1, "seq has no gap", event);
    check(!said.containsKey(event.messageId()), "a message id comes once", event);
    check(event.digest().equals(Digest.of(event.text())), "the digest is the text's", event);
    ids.add(event.messageId());
    said.put(event.messageId(), new Said(event.text(), event.seq(), Outcome.OPEN, 0));
    log.add(
        new FromCustomer(event.seq(), event.messageId(), event.text(), event.at(), Outcome.OPEN));
    if (open.isEmpty()) {
      takenUpAt = event.at();
    }
    if (event.joinsTurn()) {
      check(open.size() == 1, "a message joins the turn before it", event, open);
      open.getLast().add(event.seq());
      int joined = open.getLast().size();
      check(joined <= Simulation.LIMITS.turnMessagesMax(), "few join a turn", open);
    } else {
      open.addLast(new ArrayList<>(List.of(event.seq())));
    }
    check(waiting() <= Simulation.LIMITS.waitingMax(), "few wait", open);
  }

  private void erased(ConversationErased event) {
    check(event.nextSeq() == log.size() + 1, "seq goes on after an erasure", event);
    firstSeq = event.nextSeq();
    erasedAt = event.at();
    ids.clear();
    said.clear();
    open.clear();
  }

  private void replied(Message.Reply reply) {
    check(reply.seq() == log.size() + 1, "seq has no gap", reply);
    checkOrigin(reply);
    ended(reply.covers(), reply.kind().outcome(), reply.seq(), reply.createdAt());
    log.add(reply);
  }

  private void ended(List<Long> covers, Outcome outcome, long replySeq, Instant at) {
    check(!open.isEmpty(), "what ends was open", covers);
    check(covers.equals(open.getFirst()), "a turn ends in its order", covers, open);
    open.removeFirst();
    takenUpAt = at;
    for (long seq : covers) {
      FromCustomer message = (FromCustomer) message(seq);
      check(message.outcome() == Outcome.OPEN, "a message ends once", message, outcome);
      log.set(Math.toIntExact(seq - 1), message.ended(outcome));
      said.put(message.messageId(), new Said(message.text(), seq, outcome, replySeq));
    }
  }

  private void checkOrigin(Message.Reply reply) {
    switch (reply.kind()) {
      case DEADLINE -> {
        Attempt attempt = attemptOf(reply);
        checkCovers(reply, attempt, "a deadline is for its own turn");
        boolean early = reply.createdAt().isBefore(attempt.deadline());
        check(!early, "a deadline does not ring early", reply, attempt);
        check(reply.text().equals(Simulation.FALLBACK), "the fallback text", reply);
      }
      case ABANDONED -> {
        Instant old = takenUpAt.plus(Simulation.ABANDON_AFTER);
        check(reply.createdAt().isAfter(old), "an old turn is abandoned", reply, takenUpAt);
        check(reply.text().equals(Simulation.FALLBACK), "the fallback text", reply);
      }
      default -> {
        checkCovers(reply, attemptOf(reply), "a result is for its own turn");
        Script script = simulation.workers().script(reply.attempt());
        check(reply.kind() == script.kind(), "the result's kind", reply, script);
        String text = script.result().isEmpty() ? Simulation.FALLBACK : script.result();
        check(reply.text().equals(text), "the result's text", reply, script);
      }
    }
  }

  private Attempt attemptOf(Message.Reply reply) {
    return found(attempts.get(reply.attempt()), "a reply comes from an attempt", reply);
  }

  private static void checkCovers(Message.Reply reply, Attempt attempt, String promise) {
    check(reply.covers().equals(attempt.covers()), promise, reply, attempt);
  }

  /** Somebody begins an attempt at the open turn. */
  void begins(Attempt attempt) {
    check(attempts.put(attempt.id(), attempt) == null, "an attempt's id is new", attempt);
  }

  /** Complains unless the conversation is what the whole journal tells. */
  void checkTellsTheSame(Conversation conversation) {
    check(conversation.nextSeq() == log.size() + 1, "nextSeq follows the log", conversation);
    check(conversation.firstSeq() == firstSeq, "firstSeq is behind the erasure", conversation);
    check(
        conversation.transcript().after(firstSeq - 1).equals(conversation.transcript().messages()),
        "what is erased is forgotten",
        conversation);
    List<Long> unended =
        switch (conversation.phase()) {
          case Idle idle -> List.of();
          case TurnOpen turn -> unended(turn);
        };
    List<Long> durable = open.stream().flatMap(List::stream).toList();
    check(unended.equals(durable), "what is open is open", unended, open);
    for (long seq : durable) {
      check(conversation.transcript().find(seq).isPresent(), "what is open is in memory", seq);
    }
    for (Message message : conversation.transcript().messages()) {
      check(message.equals(message(message.seq())), "the transcript is the log", message);
    }
    for (MessageId id : ids.subList(Math.max(0, ids.size() - CHECKED_IDS), ids.size())) {
      Optional<Known> told = Optional.ofNullable(said.get(id)).map(Said::known);
      Optional<Known> known = conversation.recentIds().find(id);
      check(known.equals(told), "an id is known", id, known, told);
    }
  }

  private static List<Long> unended(TurnOpen open) {
    List<Long> seqs = new ArrayList<>(open.turn().seqs());
    open.waiting().stream().map(Pending::seq).forEach(seqs::add);
    return seqs;
  }

  /**
   * Complains unless the answer is true of what is durable.
   *
   * @param current whether who gives the answer knows the whole journal
   */
  void checkTold(Request request, Answer answer, boolean current) {
    Optional<Said> durable = Optional.ofNullable(said.get(request.id()));
    boolean same = durable.filter(each -> each.text().equals(request.text())).isPresent();
    switch (answer) {
      case Answer.Accepted accepted when !current && accepted.seq() < firstSeq -> {}
      case Answer.Accepted accepted ->
          check(
              same && durable.orElseThrow().seq() == accepted.seq(),
              "what is accepted is durable",
              request,
              answer,
              durable);
      case Answer.Ended ended when !current && ended.seq() < firstSeq -> {}
      case Answer.Ended ended ->
          check(
              same && endedAs(durable.orElseThrow()).equals(ended),
              "an outcome is durable",
              request,
              answer,
              durable);
      case Answer.Refused(Refusal why) when why == Refusal.ID_REUSED ->
          check(
              (durable.isPresent() && !same) || (!current && firstSeq > 1),
              "an id is reused",
              request,
              durable);
      case Answer.Refused(Refusal why) when why == Refusal.ERASED ->
          check(firstSeq > 1, "something was erased", request);
      case Answer.Refused(Refusal why) when why == Refusal.TURN_OPEN ->
          check(!current || !open.isEmpty(), "refused where a turn is open", request);
      case Answer.Refused(Refusal why) ->
          check(
              !current || (durable.isEmpty() && waiting() == Simulation.LIMITS.waitingMax()),
              "refused where as many wait as may",
              request,
              why,
              open);
      case Answer.Failed failed -> Objects.requireNonNull(failed);
    }
  }

  private Answer endedAs(Said each) {
    String reply = each.replySeq() == 0 ? "" : message(each.replySeq()).text();
    return new Answer.Ended(each.seq(), each.outcome(), each.replySeq(), reply);
  }
}
