package io.fengda.conversation.model;

import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Decision.BeginAttempt;
import io.fengda.conversation.model.Decision.Extend;
import io.fengda.conversation.model.Decision.Ignore;
import io.fengda.conversation.model.Decision.Ignore.Reason;
import io.fengda.conversation.model.Decision.Persist;
import io.fengda.conversation.model.Decision.Refuse;
import io.fengda.conversation.model.Decision.Repeat;
import io.fengda.conversation.model.Phase.Idle;
import io.fengda.conversation.model.Phase.Turn;
import io.fengda.conversation.model.Phase.TurnOpen;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.tenant.Language;
import io.fengda.tenant.OverlapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What each input does in each state.
 *
 * <table>
 *   <caption>State × input</caption>
 *   <tr><th>input</th><th>idle</th><th>a turn is open</th></tr>
 *   <tr><td>Receive, new id</td><td>persist, open the turn</td>
 *       <td>{@code QUEUE}: persist, wait; BUSY beyond {@code waitingMax}<br>
 *           {@code MERGE}: persist, join the turn; as {@code QUEUE} beyond {@code turnMessagesMax},
 *           where others wait, and where the turn is too old<br>
 *           {@code INTERRUPT}: persist the end of what is unfinished and the message<br>
 *           {@code REJECT}: TURN_OPEN</td></tr>
 *   <tr><td>Receive, known id</td><td colspan="2">the record; ID_REUSED with another text</td></tr>
 *   <tr><td>Delta of the live attempt</td><td>drop</td><td>extend the partial answer</td></tr>
 *   <tr><td>Result covering the turn, any attempt</td><td>drop</td><td>persist the reply</td></tr>
 *   <tr><td>any other Delta or Result</td><td colspan="2">drop and count</td></tr>
 *   <tr><td>Deadline of the live attempt</td><td>–</td><td>persist the fallback</td></tr>
 *   <tr><td>Stop</td><td>nothing</td><td>persist TurnCancelled</td></tr>
 *   <tr><td>Erase</td><td colspan="2">persist ConversationErased; nothing where nothing is</td></tr>
 *   <tr><td>Wake</td><td>nothing</td>
 *       <td>no live attempt: a new one, or the fallback if the turn is too old</td></tr>
 * </table>
 *
 * After events are applied, {@link #needsAttempt} says whether the open turn lacks its attempt.
 *
 * @param overlap what becomes of a message while a turn is open
 * @param abandonAfter the age from which a turn that is taken up again gets the fallback
 * @param fallbackTexts one for each language
 */
public record TurnRules(
    ModelLimits limits,
    OverlapPolicy overlap,
    Duration abandonAfter,
    Map<Language, String> fallbackTexts) {
  public TurnRules {
    fallbackTexts = Map.copyOf(fallbackTexts);
    if (!fallbackTexts.keySet().containsAll(List.of(Language.values()))) {
      throw new IllegalArgumentException("a language has no fallback text: " + fallbackTexts);
    }
  }

  /**
   * Decides; changes nothing.
   *
   * @param attempt the live attempt, if there is one
   * @param ifAbandoned the attempt id of a fallback for which there was no attempt
   */
  public Decision decide(
      Conversation conversation,
      @Nullable Attempt attempt,
      Input input,
      Instant now,
      AttemptId ifAbandoned) {
    return switch (input) {
      case Input.Receive receive -> receive(conversation, receive, now);
      case Input.Delta delta -> delta(conversation, attempt, delta);
      case Input.Result result -> result(conversation, result, now);
      case Input.Deadline deadline -> deadline(conversation, attempt, deadline, now);
      case Input.Stop stop -> stop(conversation, now);
      case Input.Erase erase -> erase(conversation, now);
      case Input.Wake wake -> wake(conversation, attempt, now, ifAbandoned);
    };
  }

  /** Whether the conversation has an open turn that the attempt, if any, does not cover. */
  public static boolean needsAttempt(Conversation conversation, @Nullable Attempt attempt) {
    return conversation.phase() instanceof TurnOpen open
        && (attempt == null || !attempt.covers().equals(open.turn().seqs()));
  }

  private static boolean isAbout(Conversation conversation, Attempt attempt) {
    return conversation.phase() instanceof TurnOpen && !needsAttempt(conversation, attempt);
  }

  private Decision receive(Conversation conversation, Input.Receive receive, Instant now) {
    Digest digest = Digest.of(receive.text());
    return conversation
        .recentIds()
        .find(receive.messageId())
        .map(known -> again(known, digest))
        .orElseGet(() -> receiveNew(conversation, receive, digest, now));
  }

  private static Decision again(Known known, Digest digest) {
    return known.digest().equals(digest) ? new Repeat(known) : new Refuse(Refusal.ID_REUSED);
  }

  private Decision receiveNew(
      Conversation conversation, Input.Receive receive, Digest digest, Instant now) {
    boolean joins =
        conversation.phase() instanceof TurnOpen open
            && overlap == OverlapPolicy.MERGE
            && open.waiting().isEmpty()
            && !isAbandoned(open, now)
            && open.turn().messages().size() < limits.turnMessagesMax();
    MessageReceived received =
        new MessageReceived(
            conversation.nextSeq(),
            receive.messageId(),
            digest,
            receive.text(),
            receive.channel(),
            receive.language(),
            receive.trace(),
            joins,
            now);
    if (joins || !(conversation.phase() instanceof TurnOpen open)) {
      return Persist.of(received);
    }
    return switch (overlap) {
      case QUEUE, MERGE ->
          open.waiting().size() < limits.waitingMax()
              ? Persist.of(received)
              : new Refuse(Refusal.BUSY);
      case INTERRUPT -> new Persist(interrupted(open, received));
      case REJECT -> new Refuse(Refusal.TURN_OPEN);
    };
  }

  /** Ends all that is unfinished, turn by turn: the newest message is what the customer wants. */
  private static List<ConversationEvent> interrupted(TurnOpen open, MessageReceived received) {
    List<List<Long>> turns =
        Stream.concat(
                Stream.of(open.turn().seqs()),
                open.waiting().stream().map(pending -> List.of(pending.seq())))
            .toList();
    List<ConversationEvent> events = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      boolean more = i + 1 < turns.size();
      events.add(new TurnCancelled(turns.get(i), CancelReason.INTERRUPTED, received.at(), more));
    }
    events.add(received);
    return events;
  }

  private static Decision delta(
      Conversation conversation, @Nullable Attempt attempt, Input.Delta delta) {
    if (attempt == null
        || !attempt.id().equals(delta.attempt())
        || !isAbout(conversation, attempt)
        || delta.offset() < 0) {
      return new Ignore(Reason.STALE_DELTA);
    }
    int known = attempt.partialCodePoints() - delta.offset();
    int length = delta.text().codePointCount(0, delta.text().length());
    if (known < 0 || known >= length) {
      return new Ignore(Reason.STALE_DELTA);
    }
    String news = delta.text().substring(delta.text().offsetByCodePoints(0, known));
    return new Extend(
        attempt.plus(news), new Input.Delta(delta.attempt(), attempt.partialCodePoints(), news));
  }

  private Decision result(Conversation conversation, Input.Result result, Instant now) {
    if (!(conversation.phase() instanceof TurnOpen open)
        || !result.covers().containsAll(open.turn().seqs())) {
      return new Ignore(Reason.LATE_RESULT);
    }
    return result.text().isBlank()
        ? fallback(conversation, open, withoutText(result.kind()), result.attempt(), now)
        : Persist.of(
            new ReplyGenerated(
                new Message.Reply(
                    conversation.nextSeq(),
                    open.turn().seqs(),
                    result.kind(),
                    result.text(),
                    result.vendor(),
                    result.confidence(),
                    result.citations(),
                    result.attempt(),
                    now),
                leavesTurnOpen(open)));
  }

  /** An answer that says nothing is none. */
  private static ReplyKind withoutText(ReplyKind kind) {
    return kind == ReplyKind.ANSWER ? ReplyKind.VENDOR_INVALID : kind;
  }

  private Decision deadline(
      Conversation conversation, @Nullable Attempt attempt, Input.Deadline deadline, Instant now) {
    return attempt != null
            && attempt.id().equals(deadline.attempt())
            && isAbout(conversation, attempt)
            && conversation.phase() instanceof TurnOpen open
        ? fallback(conversation, open, ReplyKind.DEADLINE, attempt.id(), now)
        : new Ignore(Reason.STALE_DEADLINE);
  }

  private static Decision stop(Conversation conversation, Instant now) {
    return conversation.phase() instanceof TurnOpen open
        ? Persist.of(
            new TurnCancelled(open.turn().seqs(), CancelReason.STOPPED, now, leavesTurnOpen(open)))
        : new Ignore(Reason.NOTHING_OPEN);
  }

  private static Decision erase(Conversation conversation, Instant now) {
    return conversation.hasNoMessages()
        ? new Ignore(Reason.NOTHING_TO_ERASE)
        : Persist.of(new ConversationErased(conversation.nextSeq(), now));
  }

  private Decision wake(
      Conversation conversation, @Nullable Attempt attempt, Instant now, AttemptId ifAbandoned) {
    return switch (conversation.phase()) {
      case Idle idle -> new Ignore(Reason.NOTHING_OPEN);
      case TurnOpen open when !needsAttempt(conversation, attempt) ->
          new Ignore(Reason.NOTHING_OPEN);
      case TurnOpen open when isAbandoned(open, now) ->
          fallback(conversation, open, ReplyKind.ABANDONED, ifAbandoned, now);
      case TurnOpen open -> new BeginAttempt();
    };
  }

  private boolean isAbandoned(TurnOpen open, Instant now) {
    return now.isAfter(open.turn().openedAt().plus(abandonAfter));
  }

  private Decision fallback(
      Conversation conversation, TurnOpen open, ReplyKind kind, AttemptId attempt, Instant now) {
    return Persist.of(
        new ReplyGenerated(
            new Message.Reply(
                conversation.nextSeq(),
                open.turn().seqs(),
                kind,
                fallbackText(open.turn()),
                "",
                0,
                List.of(),
                attempt,
                now),
            leavesTurnOpen(open)));
  }

  private String fallbackText(Turn turn) {
    return Objects.requireNonNull(fallbackTexts.get(turn.language()));
  }

  private static boolean leavesTurnOpen(TurnOpen open) {
    return !open.waiting().isEmpty();
  }
}
