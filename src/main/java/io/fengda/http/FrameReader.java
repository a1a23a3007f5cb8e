package io.fengda.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.ChannelInput;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.MessageId;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Reads the frames of one WebSocket. */
final class FrameReader {
  private final HttpSettings settings;
  private final Admission admission;
  private final Tenant tenant;
  private final ConversationId conversation;
  private final Language preferred;
  private final TraceContext trace;
  private final Spans spans;

  FrameReader(
      HttpSettings settings,
      Admission admission,
      Tenant tenant,
      ConversationId conversation,
      Language preferred,
      TraceContext trace,
      Spans spans) {
    this.settings = settings;
    this.admission = admission;
    this.tenant = tenant;
    this.conversation = conversation;
    this.preferred = preferred;
    this.trace = trace;
    this.spans = spans;
  }

  /** What a frame is for the conversation, and what it is answered with at once. */
  record Frame(Optional<ChannelInput> input, Optional<ObjectNode> answer) {
    static Frame input(ChannelInput input) {
      return new Frame(Optional.of(input), Optional.empty());
    }

    static Frame answer(ObjectNode answer) {
      return new Frame(Optional.empty(), Optional.of(answer));
    }
  }

  TraceContext trace() {
    return trace;
  }

  Frame read(FrameText frame) {
    return switch (frame) {
      case FrameText.Whole(String text) -> read(text);
      case FrameText.Closes(Closing closing) ->
          Frame.answer(FrameWriter.closing(closing, Drain.retryAfterMillis(settings)));
    };
  }

  private Frame read(String text) {
    try {
      JsonNode json =
          Json.readObject(
              text.getBytes(StandardCharsets.UTF_8), Set.of("type", "messageId", "text", "kind"));
      return switch (Json.string(json, "type").orElse("")) {
        case "send" -> send(json);
        case "stop" -> counted(json, Frame.input(new ChannelInput.Stop()));
        case "ping" -> counted(json, Frame.answer(Wire.frame("pong")));
        default -> throw ProblemException.at("/type", Problem.INVALID_FIELD, "unknown type");
      };
    } catch (ProblemException e) {
      return Frame.answer(Wire.rejectedFrame(Responses.problemBody(e, trace)));
    }
  }

  /** A frame that has nothing but its type, and counts like any. */
  private Frame counted(JsonNode json, Frame frame) {
    if (json.size() > 1) {
      throw ProblemException.at("", Problem.INVALID_FIELD, "unknown field");
    }
    var unused = admission.require(tenant);
    return frame;
  }

  private Frame send(JsonNode json) {
    MessageId id =
        Json.string(json, "messageId").map(CustomerText::checkedId).orElseGet(CustomerText::newId);
    try {
      var unused = admission.requireForMessage(tenant, conversation);
      return Frame.input(new ChannelInput.Say(message(json, id)));
    } catch (ProblemException e) {
      return Frame.answer(Wire.rejectedFrame(id, Responses.problemBody(e, trace)));
    }
  }

  private Input.Receive message(JsonNode json, MessageId id) {
    CustomerText.requireText(json);
    String text =
        Json.string(json, "text")
            .orElseThrow(
                () -> ProblemException.at("/text", Problem.INVALID_FIELD, "the text is missing"));
    return new Input.Receive(
        id,
        CustomerText.checked(text, settings.textBytesMax()),
        Channel.WEBSOCKET,
        Language.ofText(text, preferred),
        TraceContext.create(spans.samples()).traceparent());
  }
}
