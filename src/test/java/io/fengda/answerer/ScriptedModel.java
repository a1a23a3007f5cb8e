package io.fengda.answerer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A server of {@code /v1/chat/completions} that does what its script says. */
final class ScriptedModel implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private static final Duration SILENCE = Duration.ofSeconds(3);

  /** How a model may answer. */
  enum Script {
    STREAMS,
    WHOLE,
    DOES_NOT_KNOW,
    STALLS,
    BREAKS_OFF,
    CUTS_THE_CONNECTION,
    FAILS_IN_MID_STREAM,
    NEVER_ENDS,
    TALKS_ON,
    REACHES_ITS_LIMIT,
    FILTERS,
    IS_BUSY,
    IS_BROKEN,
    REFUSES_THE_KEY
  }

  /** What the server was asked. */
  record Asked(String authorization, JsonNode body) {}

  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch cutOff = new CountDownLatch(1);
  private volatile Script script = Script.STREAMS;

  private ScriptedModel(HttpServer server) {
    this.server = server;
  }

  static ScriptedModel start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ScriptedModel model = new ScriptedModel(server);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/v1/chat/completions", model::answer);
      server.start();
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void plays(Script next) {
    script = next;
  }

  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  List<Asked> asked() {
    return asked;
  }

  /** Counted down when a caller has gone in the middle of an answer. */
  CountDownLatch cutOff() {
    return cutOff;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        new Asked(
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
            JSON.readTree(exchange.getRequestBody())));
    try (exchange) {
      switch (script) {
        case WHOLE ->
            reply(
                exchange,
                200,
                """
                {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,
                "message":{"role":"assistant","content":"Call the hotline [1]."},
                "finish_reason":"stop"}]}
                """);
        case IS_BUSY -> reply(exchange, 429, "{\"error\":{\"message\":\"slow down\"}}");
        case IS_BROKEN -> reply(exchange, 500, "{\"error\":{\"message\":\"oops\"}}");
        case REFUSES_THE_KEY -> reply(exchange, 401, "{\"error\":{\"message\":\"who?\"}}");
        default -> stream(exchange);
      }
    }
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void stream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    switch (script) {
      case STREAMS -> {
        for (String piece : List.of("Call ", "the ", "hotline ", "[1]", ".")) {
          piece(out, piece);
        }
        end(out, "stop");
      }
      case DOES_NOT_KNOW -> {
        for (String piece : List.of("NO", "_ANS", "WER")) {
          piece(out, piece);
        }
        end(out, "stop");
      }
      case STALLS -> {
        piece(out, "Call ");
        untilCutOff(out);
      }
      case NEVER_ENDS -> talkOn(out, "very ".repeat(200), Duration.ZERO);
      case TALKS_ON -> talkOn(out, "very ", Duration.ofMillis(5));
      case BREAKS_OFF -> {
        piece(out, "Call ");
        out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
      }
      case CUTS_THE_CONNECTION -> piece(out, "Call ");
      case FAILS_IN_MID_STREAM -> {
        piece(out, "Call ");
        event(out, "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}");
      }
      case REACHES_ITS_LIMIT -> {
        piece(out, "Call the");
        end(out, "length");
      }
      case FILTERS -> end(out, "content_filter");
      default -> throw new IllegalStateException("not a stream: " + script);
    }
  }

  /** Is silent for longer than anybody waits; then sees whether anybody still reads. */
  private void untilCutOff(OutputStream out) {
    try {
      Thread.sleep(SILENCE.toMillis());
      for (int i = 0; i < 100; i++) {
        out.write(": \n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        Thread.sleep(50);
      }
    } catch (IOException e) {
      cutOff.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void talkOn(OutputStream out, String piece, Duration pause) {
    try {
      while (true) {
        piece(out, piece);
        LockSupport.parkNanos(pause.toNanos());
      }
    } catch (IOException e) {
      cutOff.countDown();
    }
  }

  private static void piece(OutputStream out, String text) throws IOException {
    event(
        out,
        """
        {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,\
        "delta":{"content":%s},"finish_reason":null}]}\
        """
            .formatted(JSON.writeValueAsString(text)));
  }

  private static void end(OutputStream out, String reason) throws IOException {
    event(
        out,
        """
        {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,\
        "delta":{},"finish_reason":"%s"}]}\
        """
            .formatted(reason));
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
  }

  private static void event(OutputStream out, String json) throws IOException {
    out.write(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
