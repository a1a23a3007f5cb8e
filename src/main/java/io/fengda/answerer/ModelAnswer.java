package io.fengda.answerer;

import akka.grpc.GrpcServiceException;
import akka.stream.BoundedSourceQueue;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import io.fengda.proto.nlp.v1.Answer;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.Citation;
import io.fengda.proto.nlp.v1.Delta;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.NoAnswer;
import io.fengda.proto.nlp.v1.Refused;
import io.grpc.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes of what a language model says, piece by piece, the events of the vendor contract.
 *
 * <table>
 *   <caption>How the model ends</caption>
 *   <tr><td>says it is finished</td><td>answer, with the passages that it names</td></tr>
 *   <tr><td>says {@link ModelPrompt#NO_ANSWER}</td><td>no answer; nothing of it was told</td></tr>
 *   <tr><td>its filter stopped it</td><td>refused</td></tr>
 *   <tr><td>reached its limit of tokens</td><td>no answer: that is the question's fault and not the
 *       server's, and half an answer is none</td></tr>
 *   <tr><td>says more than may be</td><td>{@code RESOURCE_EXHAUSTED}</td></tr>
 *   <tr><td>breaks off without an end</td><td>{@code INTERNAL}</td></tr>
 *   <tr><td>is not there, or fails</td><td>{@code UNAVAILABLE}</td></tr>
 * </table>
 *
 * <p>Called by one thread of the client at a time; {@link #cancel} by any.
 */
final class ModelAnswer implements StreamingChatResponseHandler {
  private static final int ANSWER_BYTES_MAX = 32 * 1024;
  private static final int CITATIONS_MAX = 16;

  /** How much less sure we are of what names no passage. */
  private static final double UNFOUNDED = 0.5;

  private static final Pattern REFERENCE = Pattern.compile("\\[(\\d{1,2})]");

  private final List<Match> passages;
  private final BoundedSourceQueue<AnswerEvent> events;
  private final StringBuilder text = new StringBuilder();
  private int told;
  private long bytes;
  private boolean ended;
  private volatile boolean cancelled;
  private volatile @Nullable StreamingHandle handle;

  ModelAnswer(List<Match> passages, BoundedSourceQueue<AnswerEvent> events) {
    this.passages = passages;
    this.events = events;
  }

  /** Nobody waits any more: the model is stopped, at its first word if it has said nothing yet. */
  void cancel() {
    cancelled = true;
    StreamingHandle begun = handle;
    if (begun != null) {
      begun.cancel();
    }
  }

  @Override
  public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
    handle = context.streamingHandle();
    if (cancelled || ended) {
      context.streamingHandle().cancel();
      return;
    }
    add(partial.text());
    if (ended) {
      context.streamingHandle().cancel();
    }
  }

  @Override
  public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
    handle = context.streamingHandle();
    if (cancelled || ended) {
      context.streamingHandle().cancel();
    }
  }

  private void add(String piece) {
    text.append(piece);
    bytes += piece.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > ANSWER_BYTES_MAX) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("answer over " + ANSWER_BYTES_MAX + " bytes"));
    } else if (!mayBeNoAnswer() && told < text.length()) {
      String news = text.substring(told);
      told = text.length();
      tell(AnswerEvent.newBuilder().setDelta(Delta.newBuilder().setText(news)).build());
    }
  }

  private boolean mayBeNoAnswer() {
    String begun = text.toString().strip();
    return begun.startsWith(ModelPrompt.NO_ANSWER) || ModelPrompt.NO_ANSWER.startsWith(begun);
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    if (ended) {
      return;
    }
    if (text.isEmpty() && response.aiMessage() != null && response.aiMessage().text() != null) {
      text.append(response.aiMessage().text());
      bytes = text.toString().getBytes(StandardCharsets.UTF_8).length;
    }
    FinishReason reason = response.finishReason();
    if (reason == FinishReason.CONTENT_FILTER) {
      end(Final.newBuilder().setRefused(Refused.getDefaultInstance()));
    } else if (reason == FinishReason.LENGTH) {
      end(Final.newBuilder().setNoAnswer(NoAnswer.getDefaultInstance()));
    } else if (bytes > ANSWER_BYTES_MAX) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("the answer is longer than it may be"));
    } else if (reason != FinishReason.STOP) {
      fail(Status.INTERNAL.withDescription("the model broke off"));
    } else if (text.toString().isBlank()
        || text.toString().strip().startsWith(ModelPrompt.NO_ANSWER)) {
      end(Final.newBuilder().setNoAnswer(NoAnswer.getDefaultInstance()));
    } else {
      end(Final.newBuilder().setAnswer(answer()));
    }
  }

  private Answer answer() {
    Answer.Builder answer = Answer.newBuilder().setText(text.toString());
    Matcher references = REFERENCE.matcher(text);
    references
        .results()
        .map(found -> Integer.parseInt(found.group(1)))
        .filter(number -> number >= 1 && number <= passages.size())
        .distinct()
        .limit(CITATIONS_MAX)
        .map(number -> passages.get(number - 1).entry())
        .forEach(
            entry ->
                answer.addCitations(
                    Citation.newBuilder().setTitle(entry.question()).setSource(entry.source())));
    double found = passages.getFirst().confidence();
    return answer.setConfidence(answer.getCitationsCount() > 0 ? found : UNFOUNDED * found).build();
  }

  @Override
  public void onError(Throwable failure) {
    fail(
        status(failure)
            .withDescription("the model's server: " + failure.getClass().getSimpleName()));
  }

  private Status status(Throwable failure) {
    return switch (failure) {
      case TimeoutException timeout -> Status.DEADLINE_EXCEEDED;
      case RateLimitException limit -> Status.RESOURCE_EXHAUSTED;
      case InternalServerException internal -> Status.UNAVAILABLE;
      case HttpException http when http.statusCode() >= 500 -> Status.UNAVAILABLE;
      case RuntimeException other when other.getCause() instanceof IOException ->
          Status.UNAVAILABLE;
      case IOException io -> Status.UNAVAILABLE;
      default -> Status.INTERNAL;
    };
  }

  private void end(Final.Builder outcome) {
    tell(AnswerEvent.newBuilder().setFinal(outcome).build());
    if (!ended) {
      ended = true;
      events.complete();
    }
  }

  private void tell(AnswerEvent event) {
    if (!ended && !events.offer(event).isEnqueued()) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("the worker does not read"));
    }
  }

  private void fail(Status status) {
    if (!ended) {
      ended = true;
      events.fail(new GrpcServiceException(status));
    }
  }
}
