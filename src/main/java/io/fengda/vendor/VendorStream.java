package io.fengda.vendor;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import io.fengda.conversation.model.Input;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.vendor.VendorCalls.Event;
import java.time.Duration;

/**
 * What a vendor says in one call, as deltas and then one result, whatever happens: the result ends
 * the call. One stage, because a stream is made for every call and each stage of it costs.
 */
final class VendorStream extends GraphStage<FlowShape<AnswerEvent, Input.FromWorker>> {
  private final Inlet<AnswerEvent> in = Inlet.create("VendorStream.in");
  private final Outlet<Input.FromWorker> out = Outlet.create("VendorStream.out");
  private final FlowShape<AnswerEvent, Input.FromWorker> shape = FlowShape.of(in, out);
  private final AnswerSoFar answer;
  private final Patience patience;
  private final Listener listener;

  /**
   * How long a vendor may take.
   *
   * @param firstEvent until its first event
   * @param silence from one event to the next
   * @param total until its last
   */
  record Patience(Duration firstEvent, Duration silence, Duration total) {}

  /** Is told of the end of a call; on the stream's thread. */
  interface Listener {
    /** The call has this result. */
    void ended(Input.Result result);

    /** The call is over, with a result or without: nobody wanted one any more. */
    void closed();
  }

  /**
   * Makes the stream of one call; it is run once.
   *
   * @param answer nothing so far
   */
  VendorStream(AnswerSoFar answer, Patience patience, Listener listener) {
    this.answer = answer;
    this.patience = patience;
    this.listener = listener;
  }

  @Override
  public FlowShape<AnswerEvent, Input.FromWorker> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private static final String LATE = "late";

    private long startNanos;
    private long silentSinceNanos;
    private boolean hasSpoken;
    private boolean hasEnded;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              hear(Event.of(grab(in)));
            }

            @Override
            public void onUpstreamFinish() {
              hear(new Event.Failed(VendorCalls.WITHOUT_END));
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
              hear(new Event.Failed(VendorCalls.kindOf(failure)));
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              if (!hasBeenPulled(in) && !isClosed(in)) {
                pull(in);
              }
            }
          });
    }

    @Override
    public void preStart() {
      startNanos = System.nanoTime();
      silentSinceNanos = startNanos;
      awaitLateness();
    }

    private void hear(Event event) {
      if (hasEnded) {
        return;
      }
      silentSinceNanos = System.nanoTime();
      if (!hasSpoken) {
        hasSpoken = true;
        if (patience.silence().compareTo(patience.firstEvent()) < 0) {
          awaitLateness();
        }
      }
      Input.FromWorker said = answer.next(event);
      if (said instanceof Input.Result result) {
        hasEnded = true;
        listener.ended(result);
        emit(out, result, this::completeStage);
      } else {
        emit(out, said);
      }
    }

    /** One timer a call: it looks when the next bound would be reached if nothing more came. */
    private void awaitLateness() {
      scheduleOnce(LATE, Duration.ofNanos(Math.max(1, nanosLeft())));
    }

    private long nanosLeft() {
      long now = System.nanoTime();
      Duration quiet = hasSpoken ? patience.silence() : patience.firstEvent();
      return Math.min(
          silentSinceNanos + quiet.toNanos() - now, startNanos + patience.total().toNanos() - now);
    }

    @Override
    public void onTimer(Object key) {
      if (nanosLeft() > 0) {
        awaitLateness();
      } else {
        hear(new Event.Failed(VendorCalls.TOO_LATE));
      }
    }

    @Override
    public void postStop() {
      listener.closed();
    }
  }
}
