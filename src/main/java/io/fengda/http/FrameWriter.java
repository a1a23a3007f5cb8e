package io.fengda.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.ChannelOutput;
import io.fengda.conversation.Receipt;
import io.fengda.conversation.Update;
import io.fengda.telemetry.TraceContext;
import java.util.Optional;

/** What a conversation says, as WebSocket frames. */
final class FrameWriter {
  private static final String CLOSING = "closing";

  private FrameWriter() {}

  static Optional<ObjectNode> frame(ChannelOutput output, TraceContext trace) {
    return switch (output) {
      case Update.Appended appended -> {
        ObjectNode frame = Wire.frame("message");
        frame.set("message", Wire.message(appended.message()));
        yield Optional.of(frame);
      }
      case Update.Extended extended -> Optional.of(Wire.frame("delta", Wire.delta(extended)));
      case Update.TurnEnded ended -> Optional.of(Wire.frame("turn", Wire.turn(ended)));
      case Update.Erased erased -> Optional.of(Wire.frame("erased", Wire.erased(erased)));
      case Receipt.Accepted accepted -> Optional.of(Wire.acceptedFrame(accepted));
      case Receipt.Rejected rejected ->
          Optional.of(
              Wire.rejectedFrame(
                  rejected.messageId(),
                  Responses.problemBody(Responses.refused(rejected.refusal()), trace)));
      case Receipt.Unknown unknown ->
          Optional.of(
              Wire.rejectedFrame(
                  unknown.messageId(),
                  Responses.problemBody(
                      ProblemException.of(
                          Problem.UNAVAILABLE, "the conversation did not answer in time"),
                      trace)));
      case Receipt.Ended ended -> Optional.empty();
      case Update.CaughtUp caughtUp -> Optional.empty();
      case Update.Behind behind -> Optional.empty();
    };
  }

  /** Why the server closes; the last frame of a connection. */
  static ObjectNode closing(Closing closing, long retryAfterMillis) {
    return Wire.frame(CLOSING)
        .put("reason", closing.reason())
        .put("reconnect", closing.reconnects())
        .put("retryAfterMs", retryAfterMillis);
  }

  static boolean isClosing(ObjectNode frame) {
    return frame.path("type").asText().equals(CLOSING);
  }
}
