package io.fengda.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.Receipt;
import io.fengda.conversation.Update;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.telemetry.PersonalData;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the contract's JSON looks like. */
final class Wire {
  /**
   * A field whose name does not look like one may be a text that went astray: it is not repeated.
   */
  private static final Pattern POINTER = Pattern.compile("(?:/[\\w.~-]{0,32}){1,16}");

  private Wire() {}

  static ObjectNode message(Message message) {
    ObjectNode json = Json.object().put("seq", message.seq());
    return switch (message) {
      case Message.FromCustomer said ->
          json.put("messageId", said.messageId().value())
              .put("role", "customer")
              .put("text", said.text())
              .put("createdAt", said.createdAt().toString())
              .put("outcome", outcome(said.outcome()));
      case Message.Reply reply -> reply(json, reply);
    };
  }

  private static ObjectNode reply(ObjectNode json, Message.Reply reply) {
    json.put("messageId", reply.attempt().value())
        .put("role", "bot")
        .put("text", reply.text())
        .put("createdAt", reply.createdAt().toString())
        .put("replyTo", reply.replyTo());
    seqs(json.putArray("covers"), reply.covers());
    json.put("fallback", reply.kind() != ReplyKind.ANSWER)
        .put("aiGenerated", !reply.vendor().isEmpty());
    if (!reply.vendor().isEmpty()) {
      json.put("vendor", reply.vendor());
    }
    if (reply.kind() == ReplyKind.ANSWER) {
      json.put("confidence", reply.confidence());
      ArrayNode citations = json.putArray("citations");
      for (Citation citation : reply.citations()) {
        citations.addObject().put("title", citation.title()).put("source", citation.source());
      }
    }
    return json;
  }

  static String outcome(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  static ObjectNode ended(ConversationId id, Receipt.Ended ended) {
    ObjectNode json = Json.object().put("conversationId", id.name());
    if (ended.message() != null) {
      json.set("message", message(ended.message()));
    }
    json.put("outcome", outcome(ended.outcome()));
    if (ended.reply() != null) {
      json.set("reply", message(ended.reply()));
    }
    return json;
  }

  static ObjectNode accepted(ConversationId id, Receipt.Accepted accepted) {
    ObjectNode json = Json.object().put("conversationId", id.name());
    if (accepted.message() != null) {
      json.set("message", message(accepted.message()));
    }
    return json;
  }

  static ObjectNode page(Conversations.Page page, long after) {
    ObjectNode json = Json.object();
    ArrayNode messages = json.putArray("messages");
    page.messages().forEach(message -> messages.add(message(message)));
    return json.put(
            "nextAfter", page.messages().isEmpty() ? after : page.messages().getLast().seq())
        .put("hasMore", page.hasMore());
  }

  static ObjectNode delta(Update.Extended delta) {
    return Json.object()
        .put("replyTo", delta.replyTo())
        .put("attempt", delta.attempt().value())
        .put("offset", delta.offset())
        .put("text", delta.text());
  }

  static ObjectNode turn(Update.TurnEnded turn) {
    ObjectNode json = Json.object();
    seqs(json.putArray("seqs"), turn.seqs());
    return json.put("outcome", outcome(turn.outcome()));
  }

  static ObjectNode erased(Update.Erased erased) {
    return Json.object().put("firstSeq", erased.firstSeq());
  }

  static ObjectNode acceptedFrame(Receipt.Accepted accepted) {
    return frame("accepted")
        .put("messageId", accepted.messageId().value())
        .put("seq", accepted.seq())
        .put("duplicate", accepted.duplicate());
  }

  static ObjectNode rejectedFrame(MessageId messageId, ObjectNode problem) {
    ObjectNode json = frame("rejected").put("messageId", messageId.value());
    json.set("problem", problem);
    return json;
  }

  /** A frame that could not be understood so far as to know a message by its id. */
  static ObjectNode rejectedFrame(ObjectNode problem) {
    ObjectNode json = frame("rejected").putNull("messageId");
    json.set("problem", problem);
    return json;
  }

  static ObjectNode frame(String type) {
    return Json.object().put("type", type);
  }

  static ObjectNode frame(String type, ObjectNode fields) {
    ObjectNode json = frame(type);
    json.setAll(fields);
    return json;
  }

  static ObjectNode problem(Problem problem, String detail, String pointer, String traceId) {
    ObjectNode json =
        Json.object()
            .put("type", "urn:fengda:problem:" + problem.code())
            .put("title", problem.title())
            .put("status", problem.status())
            .put("detail", PersonalData.mask(detail))
            .put("code", problem.code())
            .put("retryable", problem.isRetryable())
            .put("traceId", traceId);
    if (POINTER.matcher(pointer).matches()) {
      json.put("pointer", PersonalData.mask(pointer));
    }
    return json;
  }

  private static void seqs(ArrayNode array, List<Long> seqs) {
    seqs.forEach(array::add);
  }
}
