package io.fengda.vendor;

import com.google.protobuf.UnknownFieldSet;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.Kind;
import io.fengda.tenant.Tenant;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Queries and answers to and from {@code proto/fengda/nlp/v1}, within the contract's bounds. */
final class VendorCodec {
  /** Of a citation's title, and of its source; what an answer carries must fit a Kafka record. */
  private static final int CITATION_BYTES_MAX = 1_024;

  private static final String HMAC = "HmacSHA256";

  private final int answerBytesMax;
  private final int citationsMax;

  /**
   * With these bounds; what is beyond them breaks the contract.
   *
   * @param answerBytesMax UTF-8 bytes of an answer
   */
  VendorCodec(int answerBytesMax, int citationsMax) {
    this.answerBytesMax = answerBytesMax;
    this.citationsMax = citationsMax;
  }

  /** The request; the conversation is named by a code that only the tenant's secret explains. */
  AnswerRequest write(Query query, Tenant tenant) {
    AnswerRequest.Builder builder =
        AnswerRequest.newBuilder()
            .setTenantId(query.conversation().tenant().value())
            .setConversationRef(opaque(query.conversation().entityId(), pseudonymKey(tenant)))
            .setAttemptId(query.attempt().value())
            .setLanguage(query.language().tag())
            .setDeadlineEpochMillis(query.deadline().toEpochMilli())
            .setKind(Kind.KIND_TEXT)
            .setUnknownFields(context(query));
    query.questions().forEach(question -> builder.addQuestions(question.text()));
    return builder.build();
  }

  /** On the wire it is the request's context; here it is what nobody has to decode. */
  private static UnknownFieldSet context(Query query) {
    UnknownFieldSet.Field.Builder said = UnknownFieldSet.Field.newBuilder();
    query.context().forEach(said::addLengthDelimited);
    return UnknownFieldSet.newBuilder()
        .addField(AnswerRequest.CONTEXT_FIELD_NUMBER, said.build())
        .build();
  }

  private static String pseudonymKey(Tenant tenant) {
    List<String> secrets = tenant.keys().tokenSecrets();
    return secrets.isEmpty() ? tenant.id().value() : secrets.getFirst();
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
    return bytes <= answerBytesMax;
  }

  private static boolean isTooLong(Citation citation) {
    return utf8Bytes(citation.getTitle()) > CITATION_BYTES_MAX
        || utf8Bytes(citation.getSource()) > CITATION_BYTES_MAX;
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
        || answer.getCitationsCount() > citationsMax
        || answer.getCitationsList().stream().anyMatch(VendorCodec::isTooLong)
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
        answer.getCitationsList().stream().map(VendorCodec::read).toList());
  }

  private static io.fengda.conversation.model.Citation read(Citation citation) {
    return new io.fengda.conversation.model.Citation(citation.getTitle(), citation.getSource());
  }

  private Input.Result without(Query query, ReplyKind kind, String vendor, String text) {
    return isWithinLimit(utf8Bytes(text))
        ? query.endedWithout(kind, vendor, text)
        : invalid(query, vendor);
  }

  /** The same for the same conversation, and tells nothing of it (HMAC-SHA256). */
  private static String opaque(String entityId, String secret) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
      return HexFormat.of().formatHex(mac.doFinal(entityId.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + HMAC, e);
    }
  }
}
