package io.fengda.http;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.PeerClosedConnectionException;
import akka.http.javadsl.model.ws.TextMessage;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.japi.pf.PFBuilder;
import akka.stream.FlowShape;
import akka.stream.StreamLimitReachedException;
import akka.stream.UniformFanInShape;
import akka.stream.UniformFanOutShape;
import akka.stream.javadsl.Broadcast;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.GraphDSL;
import akka.stream.javadsl.Merge;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.TooSlowException;
import io.fengda.conversation.model.ConversationId;
import io.fengda.identity.Identity;
import io.fengda.telemetry.LogAbout;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * {@code GET …/ws}: a conversation over a WebSocket. The handshake is refused like any request; a
 * connection that is open is told why it is closed.
 */
final class Sockets {
  private static final Logger log = LoggerFactory.getLogger(Sockets.class);
  private static final String PROTOCOL = "fengda.v1";
  private static final String BEARER = "bearer.";

  private final Requests requests;
  private final Admission admission;
  private final Conversations conversations;
  private final HttpSettings settings;
  private final Drain drain;
  private final Spans spans;
  private final Clock clock;

  Sockets(
      Requests requests,
      Admission admission,
      Conversations conversations,
      HttpSettings settings,
      Drain drain,
      Spans spans,
      Clock clock) {
    this.requests = requests;
    this.admission = admission;
    this.conversations = conversations;
    this.settings = settings;
    this.drain = drain;
    this.spans = spans;
    this.clock = clock;
  }

  /** Who opens one: browsers can send a token as a subprotocol only. */
  CompletionStage<Identity> identity(HttpRequest request) {
    return protocols(upgrade(request))
        .filter(protocol -> protocol.startsWith(BEARER))
        .findFirst()
        .map(protocol -> requests.identity(request, protocol.substring(BEARER.length())))
        .orElseGet(() -> requests.identity(request));
  }

  private static WebSocketUpgrade upgrade(HttpRequest request) {
    WebSocketUpgrade upgrade =
        request
            .getAttribute(AttributeKeys.webSocketUpgrade)
            .orElseThrow(
                () ->
                    ProblemException.of(
                        Problem.INVALID_REQUEST, "this is not a WebSocket upgrade"));
    if (!protocols(upgrade).filter(PROTOCOL::equals).findAny().isPresent()) {
      throw ProblemException.of(
          Problem.INVALID_REQUEST, "the subprotocol " + PROTOCOL + " is not offered");
    }
    return upgrade;
  }

  HttpResponse open(HttpRequest request, Caller caller, String name, TraceContext trace) {
    var unused = admission.require(caller.tenant());
    long after = Requests.after(request, caller);
    ConversationId id = caller.conversation(name);
    FrameReader reader =
        new FrameReader(
            settings, admission, caller.tenant(), id, Requests.language(request, ""), trace, spans);
    return upgrade(request).handleMessagesWith(frames(caller, reader, id, after), PROTOCOL);
  }

  private static Stream<String> protocols(WebSocketUpgrade upgrade) {
    return StreamSupport.stream(upgrade.getRequestedProtocols().spliterator(), false);
  }

  /** Frames in, frames out; a frame that closes is the last. */
  private Flow<Message, Message, NotUsed> frames(
      Caller caller, FrameReader reader, ConversationId id, long after) {
    Duration left = caller.timeLeft(clock.instant());
    Flow<FrameReader.Frame, ObjectNode, NotUsed> conversation =
        Flow.<FrameReader.Frame>create()
            .mapConcat(frame -> frame.input().stream().toList())
            .via(conversations.connect(id, after))
            .mapConcat(output -> FrameWriter.frame(output, reader.trace()).stream().toList());
    return Flow.<Message>create()
        .mapAsync(1, message -> text(message).thenApply(reader::read))
        .via(answeredBy(conversation))
        .merge(Source.tick(left, Duration.ofDays(1), closing(Closing.EXPIRED)), true)
        .merge(
            drain
                .signal(caller.tenant().id())
                .map(done -> closing(drain.reason(caller.tenant().id()))),
            true)
        .recover(
            new PFBuilder<Throwable, ObjectNode>()
                .matchAny(failure -> closing(closingOf(id, failure)))
                .build())
        .takeWhile(frame -> !FrameWriter.isClosing(frame), true)
        .map(frame -> (Message) TextMessage.create(Json.write(frame)))
        .backpressureTimeout(settings.slowReaderTimeout());
  }

  /** What the reader answers itself, and what the conversation says, as one stream. */
  private static Flow<FrameReader.Frame, ObjectNode, NotUsed> answeredBy(
      Flow<FrameReader.Frame, ObjectNode, NotUsed> conversation) {
    return Flow.fromGraph(
        GraphDSL.create(
            builder -> {
              UniformFanOutShape<FrameReader.Frame, FrameReader.Frame> in =
                  builder.add(Broadcast.create(2));
              UniformFanInShape<ObjectNode, ObjectNode> out = builder.add(Merge.create(2));
              FlowShape<FrameReader.Frame, ObjectNode> answers =
                  builder.add(
                      Flow.<FrameReader.Frame>create()
                          .mapConcat(frame -> frame.answer().stream().toList()));
              builder.from(in).via(answers).toFanIn(out);
              builder.from(in).via(builder.add(conversation)).toFanIn(out);
              return FlowShape.of(in.in(), out.out());
            }));
  }

  /** The text of a frame, or why the socket is closed instead. */
  private CompletionStage<FrameText> text(Message message) {
    if (!message.isText()) {
      var unused =
          message.asBinaryMessage().getStreamedData().runWith(Sink.cancelled(), requests.system());
      return CompletableFuture.completedStage(new FrameText.Closes(Closing.FORBIDDEN));
    }
    TextMessage text = message.asTextMessage();
    if (text.isStrict()) {
      return CompletableFuture.completedStage(bounded(text.getStrictText()));
    }
    return text.getStreamedText()
        .limitWeighted(settings.bodyBytesMax(), piece -> (long) piece.length())
        .completionTimeout(settings.bodyTimeout())
        .runFold(new StringBuilder(), StringBuilder::append, requests.system())
        .thenApply(all -> bounded(all.toString()))
        .exceptionally(Sockets::broken);
  }

  private FrameText bounded(String text) {
    return text.length() <= settings.bodyBytesMax()
        ? new FrameText.Whole(text)
        : new FrameText.Closes(Closing.TOO_LARGE);
  }

  private static FrameText broken(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return new FrameText.Closes(
        cause instanceof StreamLimitReachedException ? Closing.TOO_LARGE : Closing.TOO_SLOW);
  }

  /** A failure that is not the reader's is ours: the client may come back at once. */
  private static Closing closingOf(ConversationId id, Throwable failure) {
    if (failure instanceof TooSlowException) {
      return Closing.TOO_SLOW;
    }
    if (failure instanceof PeerClosedConnectionException) {
      about(log.atDebug(), id).log("a client ended its socket: {}", failure.toString());
    } else {
      about(log.atError(), id).setCause(failure).log("a socket failed");
    }
    return Closing.DRAINING;
  }

  private static LoggingEventBuilder about(LoggingEventBuilder line, ConversationId id) {
    return LogAbout.conversation(line, id.tenant().value(), id.inTenant());
  }

  private ObjectNode closing(Closing closing) {
    return FrameWriter.closing(closing, Drain.retryAfterMillis(settings));
  }
}
