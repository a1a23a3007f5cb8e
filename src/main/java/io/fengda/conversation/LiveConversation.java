package io.fengda.conversation;

import akka.actor.typed.javadsl.Adapter;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.runtime.BoxedUnit;

/**
 * One channel's live connection to a conversation: what it says goes in, what happens comes out,
 * once, in order and without a gap, whatever actor messages are lost and wherever the entity moves.
 *
 * <p>It holds a lease on the conversation and renews it with its position; what it missed comes
 * with the answer, from the journal where memory does not reach back. What it sent is sent again
 * with the same id until a receipt comes. A receipt is passed on before the updates that follow
 * from it, because both come from the entity by the same way.
 */
final class LiveConversation extends GraphStage<FlowShape<ChannelInput, ChannelOutput>> {
  private static final int PAGE = 16;
  private static final Duration RESEND_PAUSE = Duration.ofMillis(200);

  private final Inlet<ChannelInput> in = Inlet.create("LiveConversation.in");
  private final Outlet<ChannelOutput> out = Outlet.create("LiveConversation.out");
  private final FlowShape<ChannelInput, ChannelOutput> shape = FlowShape.of(in, out);
  private final ConversationId id;
  private final long after;
  private final ConversationSettings settings;
  private final Consumer<Command> entity;
  private final History history;
  private final AtomicInteger channels;
  private final Clock clock;

  /**
   * Makes the connection.
   *
   * @param entity tells the conversation's entity, wherever it is
   */
  LiveConversation(
      ConversationId id,
      long after,
      ConversationSettings settings,
      Consumer<Command> entity,
      History history,
      AtomicInteger channels,
      Clock clock) {
    this.id = id;
    this.after = after;
    this.settings = settings;
    this.entity = entity;
    this.history = history;
    this.channels = channels;
    this.clock = clock;
  }

  @Override
  public FlowShape<ChannelInput, ChannelOutput> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  /** Where a message that waits for its receipt stands. */
  private record Sent(Command.Receive command, int receipts, Instant first, Instant last) {
    Sent again(Instant now) {
      return new Sent(command, receipts, first, now);
    }

    /** The same id sent once more has a receipt of its own. */
    Sent plus(Sent other) {
      return new Sent(other.command, receipts + other.receipts, first, other.last);
    }

    @Nullable Sent answered() {
      return receipts == 1 ? null : new Sent(command, receipts - 1, first, last);
    }
  }

  private final class Logic extends TimerGraphStageLogic {
    private final WatchCursor cursor = new WatchCursor(after);
    private final ArrayDeque<ChannelOutput> buffer = new ArrayDeque<>();
    private final Map<MessageId, Sent> unanswered = new LinkedHashMap<>();
    private final AsyncCallback<Page> onPage = createAsyncCallback(this::page);
    private akka.actor.ActorRef self;
    private boolean renewing;
    private Replay replay = Replay.NONE;

    @SuppressWarnings("NullAway") // The stage's actor exists only from preStart on.
    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              input(grab(in));
              pullIfRoom();
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pushNext();
            }
          });
    }

    @Override
    public void preStart() {
      channels.incrementAndGet();
      self = getStageActor(this::received).ref();
      renew();
      scheduleAtFixedRate(LiveConversation.class, settings.leaseRenewal(), settings.leaseRenewal());
      pull(in);
    }

    @Override
    public void postStop() {
      channels.decrementAndGet();
      entity.accept(new Command.Unwatch(Adapter.<Update>toTyped(self)));
    }

    @Override
    public void onTimer(Object key) {
      if (key.equals(LiveConversation.class)) {
        renew();
      } else {
        sendAgain();
      }
    }

    private void input(ChannelInput input) {
      switch (input) {
        case ChannelInput.Say(Input.Receive message) -> send(message);
        case ChannelInput.Stop stop -> entity.accept(new Command.Stop(Adapter.toTyped(self)));
      }
    }

    private void send(Input.Receive message) {
      Command.Receive command = new Command.Receive(message, false, Adapter.<Receipt>toTyped(self));
      Instant now = clock.instant();
      unanswered.merge(message.messageId(), new Sent(command, 1, now, now), Sent::plus);
      entity.accept(command);
      if (!isTimerActive(Sent.class)) {
        scheduleOnce(Sent.class, settings.askTimeout());
      }
    }

    /** The entity stopped; the next try finds it recovered. */
    private void soonAgain(MessageId messageId) {
      var unused = unanswered.computeIfPresent(messageId, (id, sent) -> sent.again(Instant.EPOCH));
      scheduleOnce(Sent.class, RESEND_PAUSE);
    }

    /**
     * Sends again what has no receipt yet; gives up what has been tried for too long. An entity
     * that gives no receipt has moved, and the new one does not know who watches.
     */
    private void sendAgain() {
      boolean moved = false;
      Instant now = clock.instant();
      Iterator<Map.Entry<MessageId, Sent>> all = unanswered.entrySet().iterator();
      while (all.hasNext()) {
        Map.Entry<MessageId, Sent> entry = all.next();
        Sent sent = entry.getValue();
        if (now.isAfter(sent.first().plus(settings.sendTimeout()))) {
          all.remove();
          emit(new Receipt.Unknown(entry.getKey()));
        } else if (!now.isBefore(sent.last().plus(settings.askTimeout()))) {
          entry.setValue(sent.again(now));
          entity.accept(sent.command().sentAgain());
          moved = true;
        }
      }
      if (moved) {
        renew();
      }
      if (!unanswered.isEmpty()) {
        scheduleOnce(Sent.class, settings.askTimeout());
      }
      pullIfRoom();
      pushNext();
    }

    private void pullIfRoom() {
      if (unanswered.size() < settings.sendsMax() && !hasBeenPulled(in) && !isClosed(in)) {
        pull(in);
      }
    }

    private void renew() {
      renewing = true;
      entity.accept(
          new Command.Watch(
              cursor.lastSeq(),
              cursor.open(),
              cursor.attempt(),
              cursor.offset(),
              Adapter.<Update>toTyped(self)));
    }

    private BoxedUnit received(Tuple2<akka.actor.ActorRef, Object> message) {
      told(message._2());
      return BoxedUnit.UNIT;
    }

    private void told(Object message) {
      switch (message) {
        case Receipt.Unknown unknown -> soonAgain(unknown.messageId());
        case Receipt receipt -> {
          if (unanswered.containsKey(receipt.messageId())) {
            var unused =
                unanswered.computeIfPresent(receipt.messageId(), (id, sent) -> sent.answered());
            emit(receipt);
            pullIfRoom();
          }
        }
        case Update.Behind behind -> behind(behind);
        case Update update -> update(update);
        default -> {
          // Done, the answer to a stop.
        }
      }
      pushNext();
    }

    private void update(Update update) {
      if (update instanceof Update.CaughtUp) {
        renewing = false;
      }
      WatchCursor.Progress progress = cursor.pass(update);
      progress.updates().forEach(this::emit);
      if (progress.gap() && !renewing && replay == Replay.NONE) {
        renew();
      }
    }

    /** Memory does not reach back to the cursor: a page of history comes first. */
    private void behind(Update.Behind behind) {
      renewing = false;
      cursor.pass(behind).updates().forEach(this::emit);
      if (replay == Replay.NONE) {
        replay = Replay.READING;
        history
            .page(id, cursor.lastSeq(), PAGE)
            .whenComplete(
                (messages, failure) ->
                    onPage.invoke(new Page(messages == null ? List.of() : messages)));
      }
    }

    /** A page of history that could not be read is empty: the next renewal tries again. */
    private void page(Page page) {
      replay = page.messages().isEmpty() ? Replay.NONE : Replay.DRAINING;
      page.messages()
          .forEach(
              message -> cursor.pass(new Update.Appended(message)).updates().forEach(this::emit));
      pushNext();
    }

    private void emit(ChannelOutput output) {
      if (buffer.size() >= settings.liveBufferMax()) {
        failStage(new TooSlowException(settings.liveBufferMax()));
        return;
      }
      buffer.add(output);
    }

    private void pushNext() {
      if (!buffer.isEmpty() && isAvailable(out)) {
        push(out, buffer.remove());
      }
      if (replay == Replay.DRAINING && buffer.isEmpty()) {
        replay = Replay.NONE;
        renew();
      }
    }
  }

  /** How far the reading of a page of history has come. */
  private enum Replay {
    NONE,
    READING,
    /** The reader takes what was read before more is read. */
    DRAINING
  }

  private record Page(List<Message> messages) {}
}
