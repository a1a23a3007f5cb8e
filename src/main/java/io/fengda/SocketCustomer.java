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
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

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
    Turn turn = new Turn();
    WebSocket socket =
        http.newWebSocketBuilder()
            .connectTimeout(TIMEOUT)
            .subprotocols("fengda.v1", "bearer." + customer.token())
            .buildAsync(uri(), turn)
            .join();
    try {
      socket.sendText(frame(text), true).join();
      lastSeq = turn.ended.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    } finally {
      socket.abort();
    }
  }

  private URI uri() {
    URI path = gateway.resolve("conversations/main/ws?after=" + lastSeq);
    return URI.create(path.toString().replaceFirst("^http", "ws"));
  }

  private static String frame(String text) {
    try {
      return JSON.writeValueAsString(
          Map.of("type", "send", "messageId", UUID.randomUUID().toString(), "text", text));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void leave() {
    customer.leave();
  }

  /** What is heard until the turn has ended: the seq of the newest message. */
  private static final class Turn implements WebSocket.Listener {
    private final CompletableFuture<Long> ended = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private long newest;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          heard(JSON.readTree(text.toString()));
        } catch (JsonProcessingException e) {
          ended.completeExceptionally(e);
        }
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    private void heard(JsonNode frame) {
      switch (frame.path("type").asText()) {
        case "message" -> newest = frame.path("message").path("seq").asLong();
        case "turn" -> ended.complete(newest);
        case "rejected", "closing" ->
            ended.completeExceptionally(new IllegalStateException(frame.toString()));
        default -> {
          // Deltas, and that it was accepted.
        }
      }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      ended.completeExceptionally(new IllegalStateException("closed with " + status));
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      ended.completeExceptionally(failure);
    }
  }
}
