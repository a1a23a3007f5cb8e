package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient;
import io.fengda.chaos.ClientRecord.Ending;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.ClientRecord.Said;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * A customer over a WebSocket. When the socket ends, or is silent for too long, it comes back to
 * the next gateway with the last seq it has, and sends again what was not accepted.
 */
final class SocketClient {
  private static final String WATCH = "socket";
  private static final Duration PING = Duration.ofSeconds(2);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(5);
  private static final Duration NO_PROGRESS_MAX = Duration.ofSeconds(10);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final long RETRY_AFTER_MILLIS_MAX = 3_000;
  private static final int OVERLAPS_ONE_IN = 10;

  private final ClientContext context;
  private final Dialogue dialogue;
  private final List<Said> waiting = new ArrayList<>();
  private int gateway;
  private int connections;
  private int failedAttempts;
  private long nextSayNanos;
  private long progressNanos;

  SocketClient(ClientContext context) {
    this.context = context;
    this.dialogue = context.dialogue();
    this.gateway = context.random().nextInt(context.gateways().size());
  }

  /** Talks until the pace ends and every message has its end. */
  void talk() {
    thinkOfNext();
    while (goesOn()) {
      connections++;
      FrameQueue frames = new FrameQueue();
      Duration pause;
      try {
        WebSocket socket = frames.open(context, gateway, dialogue.lastSeq(WATCH));
        failedAttempts = 0;
        pause = talk(socket, frames);
        socket.abort();
      } catch (CompletionException e) {
        pause = context.backoff(failedAttempts++);
      }
      gateway++;
      ClientContext.pause(pause);
    }
  }

  private boolean goesOn() {
    return context.pace().goesOn() || !waiting.isEmpty();
  }

  /** Talks on one connection; how long to wait before the next. */
  private Duration talk(WebSocket socket, FrameQueue frames) {
    progressNanos = System.nanoTime();
    waiting.stream()
        .filter(said -> !dialogue.isAcked(said.id()))
        .forEach(said -> send(socket, said));
    long pingNanos = System.nanoTime();
    long heardNanos = pingNanos;
    while (goesOn()) {
      long now = System.nanoTime();
      if (waiting.isEmpty() && now - nextSayNanos >= 0 && context.pace().goesOn()) {
        sayNext(socket);
      }
      if (now - pingNanos >= PING.toNanos()) {
        pingNanos = now;
        FrameQueue.send(socket, FengdaClient.object().put("type", "ping"));
      }
      JsonNode frame = frames.poll(TICK);
      if (frame != null) {
        heardNanos = System.nanoTime();
        if (frame.get("type").asText().equals("closing")) {
          return Duration.ofMillis(
              Math.min(RETRY_AFTER_MILLIS_MAX, frame.get("retryAfterMs").asLong()));
        }
        if (frame.get("type").asText().equals("closed")) {
          return context.backoff(failedAttempts++);
        }
        take(frame, socket);
      }
      giveUpOld();
      boolean stuck =
          !waiting.isEmpty() && System.nanoTime() - progressNanos > NO_PROGRESS_MAX.toNanos();
      if (stuck || System.nanoTime() - heardNanos > SILENCE_MAX.toNanos()) {
        return Duration.ZERO;
      }
    }
    return Duration.ZERO;
  }

  private void sayNext(WebSocket socket) {
    int count = context.random().nextInt(OVERLAPS_ONE_IN) == 0 ? 2 : 1;
    progressNanos = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Said said = dialogue.begin();
      waiting.add(said);
      send(socket, said);
    }
  }

  private static void send(WebSocket socket, Said said) {
    FrameQueue.send(
        socket,
        FengdaClient.object()
            .put("type", "send")
            .put("messageId", said.id())
            .put("text", said.text()));
  }

  private void take(JsonNode frame, WebSocket socket) {
    switch (frame.get("type").asText()) {
      case "accepted" -> {
        progressNanos = System.nanoTime();
        dialogue.acked(frame.get("messageId").asText(), frame.get("seq").asLong());
      }
      case "message" -> take(Line.of(frame.get("message")));
      case "turn" -> take(ending(frame, connections));
      case "rejected" -> rejected(frame, socket);
      case "delta" -> progressNanos = System.nanoTime();
      default -> {}
    }
  }

  private void take(Line line) {
    progressNanos = System.nanoTime();
    dialogue.delivered(WATCH, connections, line);
    if (line.ofCustomer()) {
      dialogue.acked(line.id(), line.seq());
    }
    line.covers().forEach(seq -> dialogue.ended(seq, line.outcome(), line));
    forgetEnded();
  }

  private void take(Ending ending) {
    dialogue.told(WATCH, ending);
    ending.seqs().forEach(seq -> dialogue.ended(seq, ending.outcome(), null));
    forgetEnded();
  }

  static Ending ending(JsonNode json, int connection) {
    return new Ending(connection, Line.seqs(json.get("seqs")), json.get("outcome").asText());
  }

  private void rejected(JsonNode frame, WebSocket socket) {
    String id = frame.get("messageId").asText();
    JsonNode problem = frame.get("problem");
    if (!problem.get("retryable").asBoolean()) {
      dialogue.failed(id, problem.toString());
      waiting.removeIf(said -> said.id().equals(id));
      return;
    }
    ClientContext.pause(context.backoff(3));
    waiting.stream().filter(said -> said.id().equals(id)).forEach(said -> send(socket, said));
  }

  private void forgetEnded() {
    boolean waited = !waiting.isEmpty();
    waiting.removeIf(said -> !dialogue.isOpen(said.id()));
    if (waited && waiting.isEmpty()) {
      thinkOfNext();
    }
  }

  private void giveUpOld() {
    long tooOldNanos = System.nanoTime() - ClientContext.PATIENCE.toNanos();
    for (Said said : List.copyOf(waiting)) {
      if (said.sentNanos() - tooOldNanos < 0) {
        dialogue.failed(said.id(), "no end after " + ClientContext.PATIENCE);
        waiting.remove(said);
      }
    }
  }

  private void thinkOfNext() {
    nextSayNanos = System.nanoTime() + context.pace().think(context.random()).toNanos();
  }
}
