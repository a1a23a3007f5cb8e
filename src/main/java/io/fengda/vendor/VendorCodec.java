package io.fengda.vendor;

import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.Role;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Queries and answers to and from {@code proto/fengda/nlp/v1}, within the contract's bounds. */
final class VendorCodec {
  private final VendorSettings settings;

  VendorCodec(VendorSettings settings) {
    this.settings = settings;
  }

  AnswerRequest write(Query query) {
    AnswerRequest.Builder builder =
        AnswerRequest.newBuilder()
            .setTenantId(query.conversation().tenant().value())
            .setConversationRef(opaque(query.conversation().entityId()))
            .setAttemptId(query.attempt().value())
            .setLanguage(query.language().tag())
            .setDeadlineEpochMillis(query.deadline().toEpochMilli());
    query.questions().forEach(question -> builder.addQuestions(question.text()));
    query
        .context()
        .forEach(
            said -> builder.addContextBuilder().setRole(write(said.by())).setText(said.text()));
    return builder.build();
  }

  /** The result, or one that says that the vendor broke the contract. */
  Input.Result read(Query query, String vendor, Final last) {
    return switch (last.getOutcomeCase()) {
      case ANSWER -> read(query, vendor, last.getAnswer());
      case NO_ANSWER -> without(query, ReplyKind.NO_ANSWER, vendor, last.getNoAnswer().getText());
      case HAND_OVER -> without(query, ReplyKind.HAND_OVER, vendor, last.getHandOver().getText());
      case REFUSED -> without(query, ReplyKind.REFUSED, vendor, last.getRefused().getText());
      case OUTCOME_NOT_SET -> invalid(query, vendor);
    };
  }

  /** Whether an answer may be as long as this. */
  boolean isWithinLimit(long bytes) {
    return bytes <= settings.answerBytesMax();
  }

  static long utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static Input.Result invalid(Query query, String vendor) {
    return query.endedWithout(ReplyKind.VENDOR_INVALID, vendor, "");
  }

  private Input.Result read(Query query, String vendor, Answer answer) {
    if (answer.getText().isBlank()
        || !isWithinLimit(utf8Bytes(answer.getText()))
        || answer.getCitationsCount() > settings.citationsMax()
        || !(answer.getConfidence() >= 0 && answer.getConfidence() <= 1)) {
      return invalid(query, vendor);
    }
    return new Input.Result(
        query.attempt(),
        query.covers(),
        ReplyKind.ANSWER,
        answer.getText(),
        vendor,
        answer.getConfidence(),
        answer.getCitationsList().stream()
            .map(citation -> new Citation(citation.getTitle(), citation.getSource()))
            .toList());
  }

  private Input.Result without(Query query, ReplyKind kind, String vendor, String text) {
    return isWithinLimit(utf8Bytes(text))
        ? query.endedWithout(kind, vendor, text)
        : invalid(query, vendor);
  }

  private static Role write(Query.Speaker speaker) {
    return switch (speaker) {
      case CUSTOMER -> Role.ROLE_CUSTOMER;
      case BOT -> Role.ROLE_BOT;
    };
  }

  /** The same for the same conversation, and tells nothing of it. */
  private static String opaque(String entityId) {
    return UUID.nameUUIDFromBytes(entityId.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
