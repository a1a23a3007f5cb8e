package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Decision.Extend;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.conversation.model.Decision.Refuse;
import io.fengda.conversation.model.Decision.Repeat;
import io.fengda.conversation.model.Phase.Pending;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.tenant.OverlapPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mistake in the rules, or in the entity around them, for the simulation to find. */
enum PlantedBug {
  NONE(""),

  // In the rules.
  DUPLICATE_NOT_RECOGNISED("a message id comes once"),
  DIGEST_NOT_COMPARED("what is accepted is durable"),
  BUSY_NOT_REFUSED("few wait"),
  JOINED_BEYOND_THE_BOUND("few join a turn"),
  JOINED_PAST_WHAT_WAITS("a message joins the turn before it"),
  SEQ_BEGINS_ANEW_AFTER_AN_ERASURE("seq goes on after an erasure"),
  DELTA_OFFSET_NOT_CHECKED("a partial answer is a prefix"),
  DELTA_OFFSET_IN_CHARS("a partial answer is a prefix"),
  RESULT_OF_ANOTHER_TURN_ACCEPTED("a result is for its own turn"),
  STALE_DEADLINE_ACCEPTED("a deadline does not ring early"),
  STOP_CANCELS_WHAT_WAITS("a turn ends in its order"),
  WAKE_BEGINS_A_SECOND_ATTEMPT("one attempt at a time"),
  FRESH_TURN_ABANDONED("an old turn is abandoned"),
  OPEN_TURN_NOT_TAGGED("an event tells if a turn is open"),

  // In the entity.
  ACCEPTED_BEFORE_PERSIST("what is accepted is durable"),
  ENDED_BEFORE_PERSIST("an outcome is durable"),
  APPLIED_BEFORE_PERSIST("an entity is where the journal was"),
  UNKNOWN_WRITE_TAKEN_FOR_NONE("everything settles"),
  UNKNOWN_ROW_IGNORED("a turn goes on"),
  OPEN_TURN_NOT_TAKEN_UP("an attempt for the open turn, else none"),
  WAITING_TURN_NEVER_OPENED("an attempt for the open turn, else none"),
  ATTEMPT_OUTLIVES_ITS_TURN("an attempt for the open turn, else none"),
  PARTIAL_NOT_RESET("a partial answer is a prefix");

  private final String brokenPromise;

  PlantedBug(String brokenPromise) {
    this.brokenPromise = brokenPromise;
  }

  /** What the simulation complains about once the mistake has shown. */
  String brokenPromise() {
    return brokenPromise;
  }

  /** The rules with the mistake, or as they are where it is in the entity. */
  Decider plantedIn(TurnRules rules) {
    return (conversation, attempt, input, now, ifAbandoned) -> {
      Decision right = rules.decide(conversation, attempt, input, now, ifAbandoned);
      return switch (this) {
        case DUPLICATE_NOT_RECOGNISED ->
            right instanceof Repeat
                ? rules.decide(forgetful(conversation), attempt, input, now, ifAbandoned)
                : right;
        case DIGEST_NOT_COMPARED ->
            right instanceof Refuse(Refusal why) && why == Refusal.ID_REUSED
                ? new Repeat(known(conversation, (Input.Receive) input))
                : right;
        case BUSY_NOT_REFUSED ->
            right instanceof Refuse(Refusal why) && why == Refusal.BUSY
                ? generous(rules).decide(conversation, attempt, input, now, ifAbandoned)
                : right;
        case JOINED_BEYOND_THE_BOUND ->
            right instanceof Persist(List<ConversationEvent> events)
                    && conversation.phase() instanceof TurnOpen open
                    && open.waiting().isEmpty()
                    && rules.overlap() == OverlapPolicy.MERGE
                ? joined(events)
                : right;
        case JOINED_PAST_WHAT_WAITS ->
            right instanceof Persist(List<ConversationEvent> events)
                    && conversation.phase() instanceof TurnOpen
                    && rules.overlap() == OverlapPolicy.MERGE
                ? joined(events)
                : right;
        case SEQ_BEGINS_ANEW_AFTER_AN_ERASURE ->
            input instanceof Input.Erase && right instanceof Persist
                ? new Persist(List.of(new ConversationErased(1, now)))
                : right;
        case DELTA_OFFSET_NOT_CHECKED ->
            input instanceof Input.Delta delta && attempt != null && right instanceof Ignore
                ? appended(attempt, delta)
                : right;
        case DELTA_OFFSET_IN_CHARS ->
            input instanceof Input.Delta delta
                ? rules.decide(conversation, inChars(attempt), delta, now, ifAbandoned)
                : right;
        case RESULT_OF_ANOTHER_TURN_ACCEPTED ->
            input instanceof Input.Result result && conversation.phase() instanceof TurnOpen open
                ? rules.decide(conversation, attempt, covering(result, open), now, ifAbandoned)
                : right;
        case STALE_DEADLINE_ACCEPTED ->
            input instanceof Input.Deadline && attempt != null
                ? rules.decide(
                    conversation, attempt, new Input.Deadline(attempt.id()), now, ifAbandoned)
                : right;
        case STOP_CANCELS_WHAT_WAITS ->
            input instanceof Input.Stop && conversation.phase() instanceof TurnOpen open
                ? new Persist(
                    List.of(new TurnCancelled(unended(open), CancelReason.STOPPED, now, false)))
                : right;
        case WAKE_BEGINS_A_SECOND_ATTEMPT ->
            input instanceof Input.Wake
                ? rules.decide(conversation, null, input, now, ifAbandoned)
                : right;
        case FRESH_TURN_ABANDONED ->
            input instanceof Input.Wake
                ? impatient(rules).decide(conversation, attempt, input, now, ifAbandoned)
                : right;
        case OPEN_TURN_NOT_TAGGED ->
            right instanceof Persist(List<ConversationEvent> events) ? untagged(events) : right;
        case NONE,
            ACCEPTED_BEFORE_PERSIST,
            ENDED_BEFORE_PERSIST,
            APPLIED_BEFORE_PERSIST,
            UNKNOWN_WRITE_TAKEN_FOR_NONE,
            UNKNOWN_ROW_IGNORED,
            OPEN_TURN_NOT_TAKEN_UP,
            WAITING_TURN_NEVER_OPENED,
            ATTEMPT_OUTLIVES_ITS_TURN,
            PARTIAL_NOT_RESET ->
            right;
      };
    };
  }

  private static Conversation forgetful(Conversation conversation) {
    return new Conversation(
        conversation.firstSeq(),
        conversation.nextSeq(),
        RecentIds.none(),
        conversation.transcript(),
        conversation.phase());
  }

  private static RecentIds.Known known(Conversation conversation, Input.Receive receive) {
    return conversation.recentIds().find(receive.messageId()).orElseThrow();
  }

  private static TurnRules generous(TurnRules rules) {
    ModelLimits limits = rules.limits();
    return new TurnRules(
        new ModelLimits(
            limits.transcriptMessagesMax(),
            limits.transcriptBytesMax(),
            limits.recentIdsMax(),
            limits.waitingMax() + 1,
            limits.turnMessagesMax()),
        rules.overlap(),
        rules.abandonAfter(),
        rules.fallbackTexts());
  }

  private static TurnRules impatient(TurnRules rules) {
    return new TurnRules(rules.limits(), rules.overlap(), Duration.ZERO, rules.fallbackTexts());
  }

  private static Extend appended(Attempt attempt, Input.Delta delta) {
    return new Extend(attempt.plus(delta.text()), delta);
  }

  private static @Nullable Attempt inChars(@Nullable Attempt attempt) {
    return attempt == null
        ? null
        : new Attempt(
            attempt.id(),
            attempt.covers(),
            attempt.deadline(),
            attempt.partialText(),
            attempt.partialText().length());
  }

  private static Input.Result covering(Input.Result result, TurnOpen open) {
    return new Input.Result(
        result.attempt(),
        open.turn().seqs(),
        result.kind(),
        result.text(),
        result.vendor(),
        result.confidence(),
        result.citations());
  }

  private static List<Long> unended(TurnOpen open) {
    List<Long> seqs = new ArrayList<>(open.turn().seqs());
    open.waiting().stream().map(Pending::seq).forEach(seqs::add);
    return seqs;
  }

  private static Persist joined(List<ConversationEvent> events) {
    return new Persist(
        events.stream()
            .map(
                event ->
                    event instanceof MessageReceived received
                        ? new MessageReceived(
                            received.seq(),
                            received.messageId(),
                            received.digest(),
                            received.text(),
                            received.channel(),
                            received.language(),
                            received.trace(),
                            true,
                            received.at())
                        : event)
            .toList());
  }

  private static Persist untagged(List<ConversationEvent> events) {
    return new Persist(
        events.stream()
            .map(
                event ->
                    event instanceof ReplyGenerated(Message.Reply reply, boolean leavesTurnOpen)
                        ? new ReplyGenerated(reply, false)
                        : event)
            .toList());
  }
}
