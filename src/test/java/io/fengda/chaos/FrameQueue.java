package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.FengdaClient;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The frames of one WebSocket, in order; the last is of type {@code closed}. */
final class FrameQueue implements WebSocket.Listener {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(3);

  private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();

  /** Opens the socket; throws {@link java.util.concurrent.CompletionException} if it can not. */
  WebSocket open(ClientContext context, int gateway, long after) {
    URI uri = context.uri("ws", gateway, "ws?after=" + after);
    CompletableFuture<WebSocket> opened =
        context
            .http()
            .newWebSocketBuilder()
            .connectTimeout(CONNECT_MAX)
            .subprotocols("fengda.v1", "bearer." + context.dialogue().token())
            .buildAsync(uri, this);
    return opened.orTimeout(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** The next frame; null if there was none within the time. */
  @Nullable JsonNode poll(Duration max) {
    try {
      return frames.poll(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return closed();
    }
  }

  /** Sends a frame, or nothing where the socket is closed: that comes as a frame. */
  static void send(WebSocket socket, ObjectNode frame) {
    var unused =
        socket
            .sendText(frame.toString(), true)
            .orTimeout(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS)
            .handle((sent, failure) -> failure == null)
            .join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
    partial.append(text);
    if (last) {
      frames.add(FengdaClient.parse(partial.toString()));
      partial.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    frames.add(closed());
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    frames.add(closed());
  }

  private static ObjectNode closed() {
    return FengdaClient.object().put("type", "closed");
  }
}
