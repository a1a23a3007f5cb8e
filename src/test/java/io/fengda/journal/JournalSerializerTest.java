package io.fengda.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.fengda.conversation.model.CancelReason;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.Conversation;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.Digest;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Outcome;
import io.fengda.conversation.model.RecentIds.Known;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.proto.journal.v1.CustomerMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows that were written once can be read for ever: the golden files hold what earlier versions
 * wrote, one sample a line, and are never rewritten.
 */
class JournalSerializerTest {
  private static final HexFormat HEX = HexFormat.of();

  private final JournalSerializer serializer = new JournalSerializer();

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("message-received", JournalSamples.received()),
        Arguments.of("reply-generated", JournalSamples.replied()),
        Arguments.of("turn-cancelled", JournalSamples.cancelled()),
        Arguments.of("conversation-erased", JournalSamples.erased()),
        Arguments.of("conversation", JournalSamples.conversations()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void writesTheBytesOfTheGoldenFile(String manifest, List<Object> samples) throws IOException {
    List<String> golden = golden(manifest, samples);

    List<String> written =
        samples.stream().map(sample -> HEX.formatHex(serializer.toBinary(sample))).toList();

    assertEquals(golden, written);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void readsWhatTheGoldenFileHolds(String manifest, List<Object> samples) throws IOException {
    List<String> golden = golden(manifest, samples);

    List<Object> read =
        golden.stream().map(line -> serializer.fromBinary(HEX.parseHex(line), manifest)).toList();

    assertEquals(
        samples.stream().map(JournalSerializerTest::comparable).toList(),
        read.stream().map(JournalSerializerTest::comparable).toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void namesWhatItWritesByItsManifest(String manifest, List<Object> samples) {
    Set<String> manifests = samples.stream().map(serializer::manifest).collect(Collectors.toSet());

    assertEquals(Set.of(manifest), manifests);
  }

  @Test
  void keepsItsIdentifier() {
    assertEquals(20_260_001, serializer.identifier());
  }

  @Test
  void hasASampleOfEveryEnumValue() {
    assertEquals(
        EnumSet.allOf(Channel.class),
        valuesOf(JournalSamples.received().stream().map(MessageReceived::channel)));
    assertEquals(
        EnumSet.allOf(ReplyKind.class),
        valuesOf(JournalSamples.replied().stream().map(replied -> replied.reply().kind())));
    assertEquals(
        EnumSet.allOf(CancelReason.class),
        valuesOf(JournalSamples.cancelled().stream().map(TurnCancelled::reason)));
    assertEquals(
        EnumSet.allOf(Outcome.class),
        valuesOf(
            JournalSamples.conversations().getFirst().transcript().messages().stream()
                .filter(Message.FromCustomer.class::isInstance)
                .map(message -> ((Message.FromCustomer) message).outcome())));
  }

  @Test
  void aSnapshotStillKnowsTheIdsThatCameBefore() throws IOException {
    String golden = golden("conversation", JournalSamples.conversations()).getFirst();

    Conversation read = (Conversation) serializer.fromBinary(HEX.parseHex(golden), "conversation");

    assertEquals(
        List.of(
            Optional.of(new Known(1, Digest.of(JournalSamples.HOURS), Outcome.ANSWER, 2)),
            Optional.of(new Known(3, Digest.of("怎么退款"), Outcome.FALLBACK, 4)),
            Optional.of(new Known(5, Digest.of("transfer my money"), Outcome.CANCELLED, 0)),
            Optional.of(new Known(6, Digest.of("算了"), Outcome.OPEN, 0)),
            Optional.empty()),
        Stream.of("m-1", "m-2", "m-3", "m-4", "m-5")
            .map(id -> read.recentIds().find(new MessageId(id)))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "message-received ", "Conversation", "io.fengda.Event"})
  void refusesAnUnknownManifest(String manifest) {
    byte[] bytes = serializer.toBinary(JournalSamples.received().getFirst());

    var refused =
        assertThrows(IllegalArgumentException.class, () -> serializer.fromBinary(bytes, manifest));

    assertEquals("unknown manifest: " + manifest, refused.getMessage());
  }

  @Test
  void refusesWhatIsNotOfTheJournal() {
    String stranger = "a string";

    var noManifest =
        assertThrows(IllegalArgumentException.class, () -> serializer.manifest(stranger));
    var noBytes = assertThrows(IllegalArgumentException.class, () -> serializer.toBinary(stranger));

    assertEquals("not of the journal: class java.lang.String", noManifest.getMessage());
    assertEquals("not of the journal: class java.lang.String", noBytes.getMessage());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void saysWhichRowIsDamaged(String manifest, List<Object> samples) {
    byte[] whole = serializer.toBinary(samples.getFirst());
    byte[] cut = ByteString.copyFrom(whole).substring(0, whole.length - 1).toByteArray();
    byte[] noise = {(byte) 0xff, (byte) 0xff, (byte) 0xff};

    var cutOff =
        assertThrows(IllegalArgumentException.class, () -> serializer.fromBinary(cut, manifest));
    var noisy =
        assertThrows(IllegalArgumentException.class, () -> serializer.fromBinary(noise, manifest));

    assertEquals("damaged row of manifest " + manifest, cutOff.getMessage());
    assertEquals("damaged row of manifest " + manifest, noisy.getMessage());
  }

  static Stream<Arguments> rowsOfANewerFengda() {
    var received = io.fengda.proto.journal.v1.MessageReceived.newBuilder().setMessageId("m-1");
    var reply = io.fengda.proto.journal.v1.ReplyGenerated.newBuilder().addCovers(1);
    var cancelled = io.fengda.proto.journal.v1.TurnCancelled.newBuilder().addCovers(1);
    var said = CustomerMessage.newBuilder().setMessageId("m-1");
    return Stream.of(0, 99)
        .flatMap(
            unknown ->
                Stream.of(
                    Arguments.of("message-received", received.setChannelValue(unknown).build()),
                    Arguments.of("reply-generated", reply.setKindValue(unknown).build()),
                    Arguments.of("turn-cancelled", cancelled.setReasonValue(unknown).build()),
                    Arguments.of(
                        "conversation", snapshotOf(said.setOutcomeValue(unknown).build()))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rowsOfANewerFengda")
  void refusesAValueItDoesNotKnow(String manifest, MessageLite row) {
    byte[] bytes = row.toByteArray();

    var refused =
        assertThrows(IllegalArgumentException.class, () -> serializer.fromBinary(bytes, manifest));

    String reason = String.valueOf(refused.getMessage());
    assertTrue(reason.startsWith("written by a newer Fengda: "), reason);
  }

  @Test
  void refusesASnapshotWithAMessageOfNoKind() {
    byte[] bytes =
        io.fengda.proto.journal.v1.Conversation.newBuilder()
            .addMessages(io.fengda.proto.journal.v1.Message.getDefaultInstance())
            .build()
            .toByteArray();

    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> serializer.fromBinary(bytes, "conversation"));

    assertEquals("a message of no kind", refused.getMessage());
  }

  @Test
  void refusesASnapshotWithHalfAnId() {
    byte[] bytes =
        io.fengda.proto.journal.v1.Conversation.newBuilder()
            .addAllRecentIds(LongStream.range(0, 7).boxed().toList())
            .build()
            .toByteArray();

    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> serializer.fromBinary(bytes, "conversation"));

    assertEquals("not a multiple of 5: 7", refused.getMessage());
  }

  private static MessageLite snapshotOf(CustomerMessage said) {
    return io.fengda.proto.journal.v1.Conversation.newBuilder()
        .addMessages(io.fengda.proto.journal.v1.Message.newBuilder().setCustomer(said))
        .build();
  }

  /** The lines of the file; where there is none, the failure shows what to put there. */
  private List<String> golden(String manifest, List<?> samples) throws IOException {
    String name = "/journal/" + manifest + ".hex";
    try (InputStream file = JournalSerializerTest.class.getResourceAsStream(name)) {
      assertNotNull(
          file,
          () ->
              samples.stream()
                  .map(sample -> HEX.formatHex(serializer.toBinary(sample)))
                  .collect(Collectors.joining("\n", "src/test/resources" + name + ":\n", "\n")));
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  private static Set<?> valuesOf(Stream<?> values) {
    return values.collect(Collectors.toSet());
  }

  /** Something that is equal for equal content: the ids of a snapshot are an array. */
  private static Object comparable(Object object) {
    return object instanceof Conversation conversation
        ? List.of(
            conversation.nextSeq(),
            LongStream.of(conversation.recentIds().toLongs()).boxed().toList(),
            conversation.transcript(),
            conversation.phase())
        : object;
  }
}
