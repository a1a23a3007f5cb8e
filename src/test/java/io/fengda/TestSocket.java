package io.fengda;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A WebSocket that keeps every frame it was sent. */
public final class TestSocket implements WebSocket.Listener, AutoCloseable {
  private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
  private final StringBuilder partial = new StringBuilder();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();

  private TestSocket() {}

  static TestSocket open(HttpClient http, int port, String token, long after) {
    TestSocket listener = new TestSocket();
    listener.opened.complete(
        http.newWebSocketBuilder()
            .subprotocols("fengda.v1", "bearer." + token)
            .buildAsync(
                URI.create(
                    "ws://127.0.0.1:%d/v1/conversations/main/ws?after=%d".formatted(port, after)),
                listener)
            .join());
    return listener;
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      frames.add(FengdaClient.parse(partial.toString()));
      partial.setLength(0);
    }
    webSocket.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
    closed.complete(null);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.complete(null);
  }

  public void say(String messageId, String text) {
    send(
        FengdaClient.object()
            .put("type", "send")
            .put("messageId", messageId)
            .put("text", text)
            .toString());
  }

  public void send(String frame) {
    opened.join().sendText(frame, true).join();
  }

  public WebSocket raw() {
    return opened.join();
  }

  public List<JsonNode> frames() {
    return List.copyOf(frames);
  }

  public List<JsonNode> frames(String type) {
    return frames.stream().filter(frame -> frame.get("type").asText().equals(type)).toList();
  }

  /** The first frame that fits, waiting up to ten seconds for it. */
  public JsonNode await(Predicate<JsonNode> fits) {
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> frames.stream().anyMatch(fits));
    return frames.stream().filter(fits).findFirst().orElseThrow();
  }

  public JsonNode await(String type) {
    return await(frame -> frame.get("type").asText().equals(type));
  }

  /** The bot's reply to the message of that seq. */
  public JsonNode awaitReplyTo(long seq) {
    return await(
            frame ->
                frame.get("type").asText().equals("message")
                    && frame.get("message").path("replyTo").asLong() == seq)
        .get("message");
  }

  public void awaitClosed() {
    closed.orTimeout(15, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    opened.join().abort();
  }
}
