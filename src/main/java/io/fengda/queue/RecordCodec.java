package io.fengda.queue;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Said;
import io.fengda.conversation.model.WorkReport;
import io.fengda.proto.queue.v1.Answer;
import io.fengda.proto.queue.v1.Cancel;
import io.fengda.proto.queue.v1.Delta;
import io.fengda.proto.queue.v1.Failed;
import io.fengda.proto.queue.v1.FailureKind;
import io.fengda.proto.queue.v1.HandOver;
import io.fengda.proto.queue.v1.Identity;
import io.fengda.proto.queue.v1.Kind;
import io.fengda.proto.queue.v1.NoAnswer;
import io.fengda.proto.queue.v1.Question;
import io.fengda.proto.queue.v1.Refused;
import io.fengda.proto.queue.v1.Result;
import io.fengda.proto.queue.v1.VendorCall;
import io.fengda.proto.queue.v1.Work;
import io.fengda.proto.queue.v1.WorkerRecord;
import io.fengda.tenant.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records to and from {@code proto/fengda/queue/v1}.
 *
 * <p>Reading throws a {@link RuntimeException} or {@link InvalidProtocolBufferException} on a
 * poison record, with the reason.
 */
public final class RecordCodec {
  private static final long WORK_MILLIS_MAX = 3_600_000;

  private RecordCodec() {}

  /**
   * What a worker says, and to which conversation.
   *
   * @param worked with a result, how long it had the query; null where it does not say
   * @param work with a result, what it did; null where an older one does not say
   */
  public record FromWorker(
      ConversationId conversation,
      Input.FromWorker input,
      @Nullable Duration worked,
      @Nullable WorkReport work) {}

  /** An attempt that nobody waits for, until when that matters. */
  public record Cancelled(AttemptId attempt, Instant deadline) {}

  public static byte[] write(Query query) {
    var builder =
        io.fengda.proto.queue.v1.Query.newBuilder()
            .setIdentity(write(query.conversation()))
            .setAttemptId(query.attempt().value())
            .setLanguage(query.language().tag())
            .setDeadlineEpochMillis(query.deadline().toEpochMilli())
            .setTraceparent(query.trace())
            .setKind(Kind.KIND_TEXT)
            .addAllContext(query.context());
    for (Query.Question said : query.questions()) {
      builder.addQuestions(Question.newBuilder().setSeq(said.seq()).setText(said.text()).build());
    }
    return builder.build().toByteArray();
  }

  public static Query readQuery(byte[] bytes) throws InvalidProtocolBufferException {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    // The context is not copied out of the record.
    input.enableAliasing(true);
    var query = io.fengda.proto.queue.v1.Query.parser().parseFrom(input);
    input.checkLastTagWas(0);
    if (query.getKind() != Kind.KIND_UNSPECIFIED && query.getKind() != Kind.KIND_TEXT) {
      throw new IllegalArgumentException("a query that is no text: " + query.getKind());
    }
    return new Query(
        read(query.getIdentity()),
        new AttemptId(query.getAttemptId()),
        query.getQuestionsList().stream().map(RecordCodec::read).toList(),
        query.getContextList().stream().map(Said::checked).toList(),
        Language.ofTag(query.getLanguage()),
        Instant.ofEpochMilli(query.getDeadlineEpochMillis()),
        query.getTraceparent());
  }

  public static byte[] write(Query query, Input.FromWorker input, WorkReport work) {
    var builder =
        WorkerRecord.newBuilder()
            .setIdentity(write(query.conversation()))
            .setAttemptId(input.attempt().value())
            .setTraceparent(query.trace());
    return switch (input) {
      case Input.Delta delta ->
          builder
              .setDelta(Delta.newBuilder().setOffset(delta.offset()).setText(delta.text()))
              .build()
              .toByteArray();
      case Input.Result result ->
          builder
              .setResult(write(result))
              .setWorkedMillis(work.worked().toMillis())
              .setWork(write(work))
              .build()
              .toByteArray();
    };
  }

  public static FromWorker readFromWorker(byte[] bytes) throws InvalidProtocolBufferException {
    WorkerRecord record = WorkerRecord.parseFrom(bytes);
    AttemptId attempt = new AttemptId(record.getAttemptId());
    return new FromWorker(
        read(record.getIdentity()),
        switch (record.getRecordCase()) {
          case DELTA ->
              new Input.Delta(attempt, record.getDelta().getOffset(), record.getDelta().getText());
          case RESULT -> read(attempt, record.getResult());
          case RECORD_NOT_SET -> throw new IllegalArgumentException("neither delta nor result");
        },
        record.hasWorkedMillis() ? millis(record.getWorkedMillis()) : null,
        record.hasWork() ? read(record) : null);
  }

  private static Work write(WorkReport report) {
    var builder =
        Work.newBuilder()
            .setTakenEpochMillis(report.takenAt().toEpochMilli())
            .setSpanId(spanId(report.spanId()));
    for (WorkReport.VendorCall call : report.calls()) {
      builder.addCalls(
          VendorCall.newBuilder()
              .setVendor(call.vendor())
              .setSpanId(spanId(call.spanId()))
              .setBeganEpochMillis(call.began().toEpochMilli())
              .setTookMillis(call.took().toMillis())
              .setOutcome(call.outcome())
              .build());
    }
    return builder.build();
  }

  private static WorkReport read(WorkerRecord record) {
    Work work = record.getWork();
    return new WorkReport(
        Instant.ofEpochMilli(work.getTakenEpochMillis()),
        millis(record.getWorkedMillis()),
        spanId(work.getSpanId()),
        work.getCallsList().stream().map(RecordCodec::read).toList());
  }

  private static WorkReport.VendorCall read(VendorCall call) {
    return new WorkReport.VendorCall(
        call.getVendor(),
        spanId(call.getSpanId()),
        Instant.ofEpochMilli(call.getBeganEpochMillis()),
        millis(call.getTookMillis()),
        call.getOutcome());
  }

  /** No work takes longer than an hour; another number is noise. */
  private static Duration millis(long said) {
    return Duration.ofMillis(Math.clamp(said, 0, WORK_MILLIS_MAX));
  }

  /** Empty is 0, which no span has. */
  private static long spanId(String hex) {
    return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, 16);
  }

  private static String spanId(long id) {
    return id == 0 ? "" : HexFormat.of().toHexDigits(id);
  }

  static byte[] writeCancel(AttemptId attempt, Instant deadline) {
    return Cancel.newBuilder()
        .setAttemptId(attempt.value())
        .setDeadlineEpochMillis(deadline.toEpochMilli())
        .build()
        .toByteArray();
  }

  public static Cancelled readCancel(byte[] bytes) throws InvalidProtocolBufferException {
    Cancel cancel = Cancel.parseFrom(bytes);
    return new Cancelled(
        new AttemptId(cancel.getAttemptId()),
        Instant.ofEpochMilli(cancel.getDeadlineEpochMillis()));
  }

  private static Identity write(ConversationId id) {
    return Identity.newBuilder()
        .setTenantId(id.tenant().value())
        .setCustomerId(id.customer().value())
        .setConversation(id.name())
        .build();
  }

  private static ConversationId read(Identity identity) {
    return ConversationId.of(
        identity.getTenantId(), identity.getCustomerId(), identity.getConversation());
  }

  private static Query.Question read(Question question) {
    return new Query.Question(question.getSeq(), question.getText());
  }

  private static Result write(Input.Result result) {
    var builder = Result.newBuilder().addAllCovers(result.covers()).setVendor(result.vendor());
    switch (result.kind()) {
      case ANSWER -> builder.setAnswer(answer(result));
      case NO_ANSWER -> builder.setNoAnswer(NoAnswer.newBuilder().setText(result.text()));
      case HAND_OVER -> builder.setHandOver(HandOver.newBuilder().setText(result.text()));
      case REFUSED -> builder.setRefused(Refused.newBuilder().setText(result.text()));
      case VENDOR_TIMEOUT -> builder.setFailed(failed(FailureKind.FAILURE_KIND_TIMEOUT));
      case VENDOR_UNAVAILABLE -> builder.setFailed(failed(FailureKind.FAILURE_KIND_UNAVAILABLE));
      case VENDOR_ERROR -> builder.setFailed(failed(FailureKind.FAILURE_KIND_ERROR));
      case VENDOR_INVALID -> builder.setFailed(failed(FailureKind.FAILURE_KIND_INVALID));
      case NO_VENDOR -> builder.setFailed(failed(FailureKind.FAILURE_KIND_NO_VENDOR));
      case DEADLINE, ABANDONED ->
          throw new IllegalArgumentException("not a worker's to say: " + result.kind());
    }
    return builder.build();
  }

  private static Failed.Builder failed(FailureKind kind) {
    return Failed.newBuilder().setKind(kind);
  }

  private static ReplyKind read(Failed failed) {
    return switch (failed.getKind()) {
      case FAILURE_KIND_TIMEOUT -> ReplyKind.VENDOR_TIMEOUT;
      case FAILURE_KIND_UNAVAILABLE -> ReplyKind.VENDOR_UNAVAILABLE;
      case FAILURE_KIND_INVALID -> ReplyKind.VENDOR_INVALID;
      case FAILURE_KIND_NO_VENDOR -> ReplyKind.NO_VENDOR;
      case FAILURE_KIND_ERROR, FAILURE_KIND_UNSPECIFIED, UNRECOGNIZED -> ReplyKind.VENDOR_ERROR;
    };
  }

  private static Answer answer(Input.Result result) {
    var builder = Answer.newBuilder().setText(result.text()).setConfidence(result.confidence());
    for (Citation citation : result.citations()) {
      builder.addCitationsBuilder().setTitle(citation.title()).setSource(citation.source());
    }
    return builder.build();
  }

  private static Input.Result read(AttemptId attempt, Result result) {
    return switch (result.getOutcomeCase()) {
      case ANSWER -> read(attempt, result, result.getAnswer());
      case NO_ANSWER ->
          without(attempt, result, ReplyKind.NO_ANSWER, result.getNoAnswer().getText());
      case HAND_OVER ->
          without(attempt, result, ReplyKind.HAND_OVER, result.getHandOver().getText());
      case REFUSED -> without(attempt, result, ReplyKind.REFUSED, result.getRefused().getText());
      case FAILED -> without(attempt, result, read(result.getFailed()), "");
      case OUTCOME_NOT_SET -> throw new IllegalArgumentException("a result without an outcome");
    };
  }

  private static Input.Result read(AttemptId attempt, Result result, Answer answer) {
    return new Input.Result(
        attempt,
        result.getCoversList(),
        ReplyKind.ANSWER,
        answer.getText(),
        result.getVendor(),
        answer.getConfidence(),
        answer.getCitationsList().stream()
            .map(citation -> new Citation(citation.getTitle(), citation.getSource()))
            .toList());
  }

  private static Input.Result without(
      AttemptId attempt, Result result, ReplyKind kind, String text) {
    return new Input.Result(
        attempt, result.getCoversList(), kind, text, result.getVendor(), 0, List.of());
  }
}
