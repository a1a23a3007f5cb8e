package io.fengda.http;

import akka.Done;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.Receipt;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Outcome;
import io.fengda.telemetry.TraceContext;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Messages over REST: send, read, stop, erase. */
final class ConversationRoutes {
  private static final int PAGE_DEFAULT = 50;

  private final Requests requests;
  private final Admission admission;
  private final Conversations conversations;
  private final HttpSettings settings;

  ConversationRoutes(
      Requests requests, Admission admission, Conversations conversations, HttpSettings settings) {
    this.requests = requests;
    this.admission = admission;
    this.conversations = conversations;
    this.settings = settings;
  }

  /** {@code POST …/messages}. */
  CompletionStage<HttpResponse> send(
      HttpRequest request, Caller caller, String name, TraceContext trace) {
    ConversationId id = caller.conversation(name);
    Admission.Left left = admission.requireForMessage(caller.tenant(), id);
    boolean async = prefersAsync(request);
    return requests
        .body(request)
        .thenApply(body -> message(request, body, trace))
        .thenCompose(
            message ->
                async
                    ? conversations.receive(id, message)
                    : conversations.receiveAndAwaitEnd(id, message))
        .thenApply(receipt -> response(id, receipt, left));
  }

  private Input.Receive message(HttpRequest request, byte[] body, TraceContext trace) {
    JsonNode json = Json.readObject(body, Set.of("messageId", "text", "kind"));
    CustomerText.requireText(json);
    String text =
        Json.string(json, "text")
            .orElseThrow(
                () -> ProblemException.at("/text", Problem.INVALID_FIELD, "the text is missing"));
    return new Input.Receive(
        Json.string(json, "messageId").map(CustomerText::checkedId).orElseGet(CustomerText::newId),
        CustomerText.checked(text, settings.textBytesMax()),
        Channel.REST,
        Requests.language(request, text),
        trace.traceparent());
  }

  private static HttpResponse response(ConversationId id, Receipt receipt, Admission.Left left) {
    return switch (receipt) {
      case Receipt.Ended ended ->
          left.on(Responses.json(200, Wire.ended(id, ended)))
              .addAttribute(HttpTrace.FALLBACK, ended.outcome() == Outcome.FALLBACK);
      case Receipt.Accepted accepted ->
          left.on(Responses.json(202, Wire.accepted(id, accepted)))
              .addHeader(
                  RawHeader.create(
                      "Location",
                      "/v1/conversations/%s/messages?after=%d"
                          .formatted(id.name(), accepted.seq())));
      case Receipt.Rejected rejected -> throw Responses.refused(rejected.refusal()).with(left::on);
      case Receipt.Unknown unknown ->
          throw ProblemException.of(Problem.UNAVAILABLE, "the conversation did not answer in time");
    };
  }

  private static boolean prefersAsync(HttpRequest request) {
    return Requests.header(request, "Prefer").stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .anyMatch(preference -> preference.strip().equalsIgnoreCase("respond-async"));
  }

  /** {@code GET …/messages}. */
  CompletionStage<HttpResponse> read(HttpRequest request, Caller caller, String name) {
    ConversationId id = caller.conversation(name);
    Admission.Left left = admission.require(caller.tenant());
    long after = Requests.number(request, "after", 0, Long.MAX_VALUE - 1).orElse(0L);
    int limit =
        Requests.number(request, "limit", 1, settings.pageMax())
            .orElse((long) Math.min(PAGE_DEFAULT, settings.pageMax()))
            .intValue();
    return conversations.read(id, after, limit).thenApply(page -> left.on(read(page, after)));
  }

  private static HttpResponse read(Conversations.Page page, long after) {
    if (page.lastSeq() == 0) {
      throw ProblemException.of(Problem.NOT_FOUND, "nothing was said in this conversation");
    }
    return Responses.json(200, Wire.page(page, after));
  }

  /** {@code POST …/stop}. */
  CompletionStage<HttpResponse> stop(HttpRequest request, Caller caller, String name) {
    return done(request, caller, name, conversations::stop);
  }

  /** {@code DELETE} of the conversation. */
  CompletionStage<HttpResponse> erase(HttpRequest request, Caller caller, String name) {
    return done(request, caller, name, conversations::erase);
  }

  private CompletionStage<HttpResponse> done(
      HttpRequest request,
      Caller caller,
      String name,
      Function<ConversationId, CompletionStage<Done>> what) {
    ConversationId id = caller.conversation(name);
    Admission.Left left = admission.require(caller.tenant());
    request.discardEntityBytes(requests.system());
    return what.apply(id).thenApply(done -> left.on(HttpResponse.create().withStatus(204)));
  }
}
