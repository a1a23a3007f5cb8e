package io.fengda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A customer whose page opens a WebSocket anew for each message. Many connect at once where a node
 * drops out or a promotion begins, and the first five hundred connections of a node that has none
 * behind it take three times as long as later ones.
 */
final class SocketCustomer implements WarmUp.Customer {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of each step; a turn of the warm-up has its deadline long before. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final URI gateway;
  private final HttpCustomer customer;

  /** The newest message that was seen, where the next connection goes on. */
  private long lastSeq;

  SocketCustomer(HttpClient http, URI gateway, HttpCustomer customer) {
    this.http = http;
    this.gateway = gateway;
    this.customer = customer;
  }

  @Override
  public void say(String text) {
    Turn turn = new Turn(lastSeq);
    WebSocket socket =
        http.newWebSocketBuilder()
            .connectTimeout(TIMEOUT)
            .subprotocols("fengda.v1", "bearer." + customer.token())
            .buildAsync(uri(), turn)
            .join();
    try {
      inTime(socket.sendText(frame(text), true));
      lastSeq = inTime(turn.replied);
      inTime(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    } finally {
      socket.abort();
    }
  }

  private static <T> T inTime(CompletableFuture<T> step) {
    return step.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private URI uri() {
    URI path = gateway.resolve("conversations/main/ws?after=" + lastSeq);
    return URI.create(path.toString().replaceFirst("^http", "ws"));
  }

  private static String frame(String text) {
    return HttpCustomer.json(
        Map.of("type", "send", "messageId", UUID.randomUUID().toString(), "text", text));
  }

  @Override
  public void leave() {
    customer.leave();
  }

  /** What is heard until the message has its reply. */
  private static final class Turn implements WebSocket.Listener {
    /** The seq of the newest message then. */
    private final CompletableFuture<Long> replied = new CompletableFuture<>();

    private final StringBuilder text = new StringBuilder();
    private long newest;
    private long accepted;
    private long repliedTo;

    Turn(long newest) {
      this.newest = newest;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          heard(JSON.readTree(text.toString()));
        } catch (JsonProcessingException e) {
          replied.completeExceptionally(e);
        }
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    private void heard(JsonNode frame) {
      switch (frame.path("type").asText()) {
        case "accepted" -> accepted = frame.path("seq").asLong();
        case "message" -> {
          newest = frame.path("message").path("seq").asLong();
          repliedTo = Math.max(repliedTo, frame.path("message").path("replyTo").asLong());
        }
        case "rejected", "closing" ->
            replied.completeExceptionally(new IllegalStateException(frame.toString()));
        default -> {
          // Deltas, and how turns ended.
        }
      }
      // Replies to earlier messages come as well, where a start before this one was cut off.
      if (accepted > 0 && repliedTo >= accepted) {
        replied.complete(newest);
      }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      replied.completeExceptionally(new IllegalStateException("closed with " + status));
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      replied.completeExceptionally(failure);
    }
  }
}
