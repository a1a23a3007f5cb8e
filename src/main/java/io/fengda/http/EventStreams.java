package io.fengda.http;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.fengda.conversation.ChannelInput;
import io.fengda.conversation.ChannelOutput;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.Receipt;
import io.fengda.conversation.Update;
import java.time.Clock;
import java.time.Duration;

/** {@code GET …/events}: a conversation as server-sent events. */
final class EventStreams {
  private static final ContentType TEXT_EVENT_STREAM = MediaTypes.TEXT_EVENT_STREAM.toContentType();
  private static final ByteString HEARTBEAT = ByteString.fromString(": alive\n\n");
  private static final ByteString OPENED = ByteString.fromString(": open\n\n");

  private final Admission admission;
  private final Conversations conversations;
  private final HttpSettings settings;
  private final Drain drain;
  private final Clock clock;

  EventStreams(
      Admission admission,
      Conversations conversations,
      HttpSettings settings,
      Drain drain,
      Clock clock) {
    this.admission = admission;
    this.conversations = conversations;
    this.settings = settings;
    this.drain = drain;
    this.clock = clock;
  }

  HttpResponse open(HttpRequest request, Caller caller, String name) {
    long after = Requests.after(request, caller);
    Admission.Left quota = admission.require(caller.tenant());
    Duration left = caller.timeLeft(clock.instant());
    Source<ByteString, NotUsed> events =
        Source.<ChannelInput>maybe()
            .viaMat(
                conversations.connect(caller.conversation(name), after),
                (unused, connected) -> connected)
            .map(EventStreams::event)
            .filter(event -> !event.isEmpty())
            .prepend(Source.single(OPENED))
            .keepAlive(settings.heartbeat(), () -> HEARTBEAT)
            .takeWithin(left)
            .merge(drain.signal(caller.tenant().id()).map(done -> goodbye()), true)
            .backpressureTimeout(settings.slowReaderTimeout());
    return quota
        .on(HttpResponse.create())
        .withEntity(HttpEntities.create(TEXT_EVENT_STREAM, events))
        .addHeader(RawHeader.create("Cache-Control", "no-store"))
        .addHeader(RawHeader.create("X-Accel-Buffering", "no"));
  }

  /** Tells the browser's EventSource when to come back; the stream ends behind it. */
  private ByteString goodbye() {
    return ByteString.fromString("retry: " + Drain.retryAfterMillis(settings) + "\n\n");
  }

  private static ByteString event(ChannelOutput output) {
    return switch (output) {
      case Update.Appended appended ->
          ByteString.fromString(
              "id: %d\nevent: message\ndata: %s\n\n"
                  .formatted(
                      appended.message().seq(), Json.write(Wire.message(appended.message()))));
      case Update.Extended extended ->
          ByteString.fromString("event: delta\ndata: " + Json.write(Wire.delta(extended)) + "\n\n");
      case Update.TurnEnded ended ->
          ByteString.fromString("event: turn\ndata: " + Json.write(Wire.turn(ended)) + "\n\n");
      case Update.Erased erased ->
          ByteString.fromString("event: erased\ndata: " + Json.write(Wire.erased(erased)) + "\n\n");
      case Update.CaughtUp caughtUp -> ByteString.emptyByteString();
      case Update.Behind behind -> ByteString.emptyByteString();
      case Receipt receipt -> ByteString.emptyByteString();
    };
  }
}
