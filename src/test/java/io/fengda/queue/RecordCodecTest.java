package io.fengda.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Citation;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.conversation.model.Said;
import io.fengda.conversation.model.WorkReport;
import io.fengda.proto.queue.v1.Answer;
import io.fengda.proto.queue.v1.Delta;
import io.fengda.proto.queue.v1.Failed;
import io.fengda.proto.queue.v1.Identity;
import io.fengda.proto.queue.v1.Kind;
import io.fengda.proto.queue.v1.Question;
import io.fengda.proto.queue.v1.Result;
import io.fengda.proto.queue.v1.WorkerRecord;
import io.fengda.queue.RecordCodec.Cancelled;
import io.fengda.queue.RecordCodec.FromWorker;
import io.fengda.tenant.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is put on Kafka comes back the same, and poison is known for poison. */
class RecordCodecTest {
  private static final WorkReport WORK =
      new WorkReport(
          Instant.ofEpochMilli(1_772_960_000_000L),
          Duration.ofMillis(47),
          "00f067aa0ba902b7",
          List.of(
              new WorkReport.VendorCall(
                  "first",
                  "f0e1d2c3b4a59687",
                  Instant.ofEpochMilli(1_772_960_000_001L),
                  Duration.ofMillis(3),
                  "BREAKER_OPEN"),
              new WorkReport.VendorCall(
                  "second",
                  "",
                  Instant.ofEpochMilli(1_772_960_000_004L),
                  Duration.ofMillis(40),
                  "ANSWER")));
  private static final ConversationId ID =
      ConversationId.of("bank", "li.ming+1@example.com", "main");
  private static final AttemptId ATTEMPT = new AttemptId("attempt-1");
  private static final Instant DEADLINE = Instant.parse("2026-03-08T09:30:01.500Z");
  private static final Query QUERY =
      new Query(
          ID,
          ATTEMPT,
          List.of(new Query.Question(7, "怎么退款？"), new Query.Question(9, "😀")),
          List.of(
              Said.of(Said.Speaker.CUSTOMER, "你好"),
              Said.of(Said.Speaker.BOT, "Hello, how can I help?")),
          Language.EN,
          DEADLINE,
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  private static final Identity IDENTITY =
      Identity.newBuilder()
          .setTenantId("bank")
          .setCustomerId("li.ming")
          .setConversation("main")
          .build();

  @Test
  void aQueryComesBackTheSame() throws Exception {
    byte[] bytes = RecordCodec.write(QUERY);

    Query read = RecordCodec.readQuery(bytes);

    assertEquals(QUERY, read);
  }

  @Test
  void aQueryWithoutContextAndTraceComesBackTheSame() throws Exception {
    Query bare =
        new Query(
            ID,
            ATTEMPT,
            List.of(new Query.Question(1, "")),
            List.of(),
            Language.ZH,
            Instant.EPOCH,
            "");

    Query read = RecordCodec.readQuery(RecordCodec.write(bare));

    assertEquals(bare, read);
  }

  @Test
  void aDeltaComesBackTheSameWithItsConversation() throws Exception {
    Input.Delta delta = new Input.Delta(ATTEMPT, 12, "七天内😀");

    FromWorker read = RecordCodec.readFromWorker(RecordCodec.write(QUERY, delta, WORK));

    assertEquals(new FromWorker(ID, delta, null, null), read);
  }

  @Test
  void anAnswerComesBackTheSameWithItsConversation() throws Exception {
    Input.Result answer =
        new Input.Result(
            ATTEMPT,
            List.of(7L, 9L),
            ReplyKind.ANSWER,
            "七天内可以退款。",
            "answerer",
            0.87,
            List.of(new Citation("退款", "refunds.md"), new Citation("", "")));

    FromWorker read = RecordCodec.readFromWorker(RecordCodec.write(QUERY, answer, WORK));

    assertEquals(new FromWorker(ID, answer, WORK.worked(), WORK), read);
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_ANSWER", "HAND_OVER", "REFUSED"})
  void aResultWithoutAnswerKeepsTheVendorsText(ReplyKind kind) throws Exception {
    Input.Result result = QUERY.endedWithout(kind, "answerer", "请联系人工客服。");

    FromWorker read = RecordCodec.readFromWorker(RecordCodec.write(QUERY, result, WORK));

    assertEquals(new FromWorker(ID, result, WORK.worked(), WORK), read);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "VENDOR_TIMEOUT",
        "VENDOR_UNAVAILABLE",
        "VENDOR_ERROR",
        "VENDOR_INVALID",
        "NO_VENDOR"
      })
  void aFailureKeepsItsKind(ReplyKind kind) throws Exception {
    Input.Result result = QUERY.endedWithout(kind, "answerer", "");

    FromWorker read = RecordCodec.readFromWorker(RecordCodec.write(QUERY, result, WORK));

    assertEquals(new FromWorker(ID, result, WORK.worked(), WORK), read);
  }

  @ParameterizedTest
  @EnumSource(names = {"DEADLINE", "ABANDONED"})
  void whatOnlyAConversationSaysIsNotWritten(ReplyKind kind) {
    Input.Result result = QUERY.endedWithout(kind, "", "");

    var refused =
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.write(QUERY, result, WORK));

    assertEquals("not a worker's to say: " + kind, refused.getMessage());
  }

  @Test
  void aFailureOfAKindYetUnknownIsAnError() throws Exception {
    WorkerRecord newer =
        workerRecord(
            Result.newBuilder().addCovers(7).setFailed(Failed.newBuilder().setKindValue(99)));

    FromWorker read = RecordCodec.readFromWorker(newer.toByteArray());

    assertEquals(
        new Input.Result(ATTEMPT, List.of(7L), ReplyKind.VENDOR_ERROR, "", "", 0, List.of()),
        read.input());
  }

  @Test
  void aCancelComesBackTheSame() throws Exception {
    byte[] bytes = RecordCodec.writeCancel(ATTEMPT, DEADLINE);

    Cancelled read = RecordCodec.readCancel(bytes);

    assertEquals(new Cancelled(ATTEMPT, DEADLINE), read);
  }

  @Test
  void randomBytesArePoison() {
    Random random = new Random(20_260_308);
    List<byte[]> noise =
        Stream.generate(() -> new byte[random.nextInt(65)])
            .limit(2_000)
            .peek(random::nextBytes)
            .toList();

    noise.forEach(
        bytes -> {
          assertPoison(() -> RecordCodec.readQuery(bytes));
          assertPoison(() -> RecordCodec.readFromWorker(bytes));
        });
  }

  @Test
  void aRecordThatWasCutOffIsPoison() throws Exception {
    byte[] whole =
        WorkerRecord.parseFrom(RecordCodec.write(QUERY, new Input.Delta(ATTEMPT, 0, "七天内"), WORK))
            .toBuilder()
            .clearWorkedMillis()
            .build()
            .toByteArray();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertPoison(() -> RecordCodec.readFromWorker(cut));
    }
  }

  @Test
  void noiseOnTheTopicOfCancelsCancelsNothingThatIs() {
    Random random = new Random(20_260_308);
    byte[] cut = Arrays.copyOf(RecordCodec.writeCancel(ATTEMPT, DEADLINE), 5);
    byte[] noise = new byte[64];
    random.nextBytes(noise);

    assertPoison(() -> RecordCodec.readCancel(cut));
    assertPoison(() -> RecordCodec.readCancel(noise));
  }

  @Test
  void anOlderWorkerDoesNotSayHowLongItHadAQuery() throws Exception {
    WorkerRecord older =
        workerRecord(Result.newBuilder().addCovers(7).setAnswer(Answer.newBuilder().setText("x")));

    FromWorker read = RecordCodec.readFromWorker(older.toByteArray());
    assertNull(read.worked());
    assertNull(read.work());
  }

  @Test
  void aWorkerOfBeforeSaysOnlyHowLongItHadAQuery() throws Exception {
    WorkerRecord before =
        workerRecord(Result.newBuilder().addCovers(7).setAnswer(Answer.newBuilder().setText("x")))
            .toBuilder()
            .setWorkedMillis(47)
            .build();

    FromWorker read = RecordCodec.readFromWorker(before.toByteArray());

    assertEquals(Duration.ofMillis(47), read.worked());
    assertNull(read.work());
  }

  @Test
  void aTimeThatCanNotBeIsNone() throws Exception {
    WorkerRecord noise =
        workerRecord(Result.newBuilder().addCovers(7).setAnswer(Answer.newBuilder().setText("x")))
            .toBuilder()
            .setWorkedMillis(Long.MAX_VALUE)
            .build();

    assertEquals(Duration.ofHours(1), RecordCodec.readFromWorker(noise.toByteArray()).worked());
  }

  @Test
  void aQueryThatIsNoTextIsPoisonHere() throws Exception {
    var image =
        io.fengda.proto.queue.v1.Query.parseFrom(RecordCodec.write(QUERY)).toBuilder()
            .setKind(Kind.KIND_IMAGE)
            .build();

    String reason = assertPoison(() -> RecordCodec.readQuery(image.toByteArray()));

    assertEquals("a query that is no text: KIND_IMAGE", reason);
  }

  @Test
  void whatIsNeitherDeltaNorResultIsPoison() {
    WorkerRecord empty =
        WorkerRecord.newBuilder().setIdentity(IDENTITY).setAttemptId("attempt-1").build();

    String reason = assertPoison(() -> RecordCodec.readFromWorker(empty.toByteArray()));

    assertEquals("neither delta nor result", reason);
  }

  @Test
  void aResultWithoutAnOutcomeIsPoison() {
    WorkerRecord record = workerRecord(Result.newBuilder().addCovers(7).setVendor("answerer"));

    String reason = assertPoison(() -> RecordCodec.readFromWorker(record.toByteArray()));

    assertEquals("a result without an outcome", reason);
  }

  @Test
  void aQueryWithoutAQuestionIsPoison() {
    byte[] bytes = query().build().toByteArray();

    String reason = assertPoison(() -> RecordCodec.readQuery(bytes));

    assertEquals("a query without a question: bank:li.ming:main", reason);
  }

  @ParameterizedTest
  @CsvSource({
    "'', java.lang.IndexOutOfBoundsException",
    "08, java.lang.IndexOutOfBoundsException",
    "0800120141, java.lang.IllegalArgumentException",
    "0803120141, java.lang.IllegalArgumentException",
    "1201410801, java.lang.IllegalArgumentException",
    "080112, java.lang.IndexOutOfBoundsException",
    "080112ff, java.lang.IndexOutOfBoundsException",
    "0801127f41, java.lang.IndexOutOfBoundsException",
    "080112ffffffff0f41, java.lang.IndexOutOfBoundsException",
    "08011202c328, java.lang.IllegalArgumentException"
  })
  void aQueryWhoseContextNoVendorCanReadIsPoison(String said, Class<RuntimeException> reason) {
    byte[] bytes =
        query()
            .addQuestions(Question.newBuilder().setSeq(1).setText("你好"))
            .addContext(ByteString.fromHex(said))
            .build()
            .toByteArray();

    assertThrows(reason, () -> RecordCodec.readQuery(bytes));
  }

  @Test
  void aQueryThatEndsInItsMiddleIsPoison() {
    ByteString whole =
        query().addQuestions(Question.newBuilder().setSeq(1).setText("你好")).build().toByteString();
    byte[] bytes = whole.concat(ByteString.fromHex("0c0000")).toByteArray();

    assertThrows(InvalidProtocolBufferException.class, () -> RecordCodec.readQuery(bytes));
  }

  static Stream<Identity> badIdentities() {
    return Stream.of(
        Identity.getDefaultInstance(),
        IDENTITY.toBuilder().setTenantId("").build(),
        IDENTITY.toBuilder().setTenantId("Bank").build(),
        IDENTITY.toBuilder().setTenantId("b".repeat(33)).build(),
        IDENTITY.toBuilder().setCustomerId("").build(),
        IDENTITY.toBuilder().setCustomerId("li:ming").build(),
        IDENTITY.toBuilder().setCustomerId("l".repeat(65)).build(),
        IDENTITY.toBuilder().setConversation("").build(),
        IDENTITY.toBuilder().setConversation("main|").build(),
        IDENTITY.toBuilder().setConversation("m".repeat(65)).build());
  }

  @ParameterizedTest
  @MethodSource("badIdentities")
  void aRecordOfNoConversationIsPoison(Identity identity) {
    byte[] query =
        query()
            .setIdentity(identity)
            .addQuestions(Question.newBuilder().setSeq(1).setText("你好"))
            .build()
            .toByteArray();
    byte[] delta =
        WorkerRecord.newBuilder()
            .setIdentity(identity)
            .setAttemptId("attempt-1")
            .setDelta(Delta.newBuilder().setText("你好"))
            .build()
            .toByteArray();
    byte[] answer =
        workerRecord(Result.newBuilder().addCovers(7).setAnswer(Answer.newBuilder().setText("好")))
            .toBuilder()
            .setIdentity(identity)
            .build()
            .toByteArray();

    assertPoison(() -> RecordCodec.readQuery(query));
    assertPoison(() -> RecordCodec.readFromWorker(delta));
    assertPoison(() -> RecordCodec.readFromWorker(answer));
  }

  private static io.fengda.proto.queue.v1.Query.Builder query() {
    return io.fengda.proto.queue.v1.Query.newBuilder()
        .setIdentity(IDENTITY)
        .setAttemptId("attempt-1")
        .setLanguage("zh")
        .setDeadlineEpochMillis(DEADLINE.toEpochMilli());
  }

  private static WorkerRecord workerRecord(Result.Builder result) {
    return WorkerRecord.newBuilder()
        .setIdentity(IDENTITY)
        .setAttemptId(ATTEMPT.value())
        .setResult(result)
        .build();
  }

  /** Only what a consumer takes for poison is thrown; the reason is returned. */
  private static String assertPoison(Executable reading) {
    Exception poison = assertThrows(Exception.class, reading);
    assertTrue(
        poison instanceof IllegalArgumentException
            || poison instanceof InvalidProtocolBufferException,
        poison::toString);
    return String.valueOf(poison.getMessage());
  }
}
