package io.fengda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A client of the wire contract, as an integrator would write it. */
public final class FengdaClient {
  public static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final int port;

  private FengdaClient(int port) {
    this.port = port;
  }

  public static FengdaClient of(int port) {
    return new FengdaClient(port);
  }

  /** An answer: status, headers, and the body as JSON. */
  public record Reply(HttpResponse<String> raw) {
    public int status() {
      return raw.statusCode();
    }

    public JsonNode json() {
      return parse(raw.body());
    }

    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }
  }

  /** A customer with a token. */
  public final class Customer {
    private final String token;

    private Customer(String token) {
      this.token = token;
    }

    public String token() {
      return token;
    }

    public Reply say(String text) {
      return say(UUID.randomUUID().toString(), text);
    }

    public Reply say(String messageId, String text) {
      return sayAsync(messageId, text).join();
    }

    public CompletableFuture<Reply> sayAsync(String messageId, String text) {
      return http.sendAsync(
              request("/v1/conversations/main/messages")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(message(messageId, text)))
                  .build(),
              BodyHandlers.ofString())
          .thenApply(Reply::new);
    }

    /** Sends without waiting for the end of the turn. */
    public Reply accept(String messageId, String text) {
      return send(
          request("/v1/conversations/main/messages")
              .header("Content-Type", "application/json")
              .header("Prefer", "respond-async")
              .POST(BodyPublishers.ofString(message(messageId, text)))
              .build());
    }

    public JsonNode history() {
      return get("/v1/conversations/main/messages?limit=200").json().get("messages");
    }

    public Reply get(String path) {
      return send(request(path).GET().build());
    }

    public Reply post(String path, String contentType, String body) {
      return send(
          request(path)
              .header("Content-Type", contentType)
              .POST(BodyPublishers.ofString(body))
              .build());
    }

    /** A call of another method, with JSON where there is a body. */
    public Reply call(String method, String path, String body) {
      return send(
          request(path)
              .header("Content-Type", "application/json")
              .method(
                  method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
              .build());
    }

    public Reply stop() {
      return send(request("/v1/conversations/main/stop").POST(BodyPublishers.noBody()).build());
    }

    public TestSocket socket(long after) {
      return TestSocket.open(http, port, token, after);
    }

    public TestEvents events(long after) {
      return TestEvents.open(http, request("/v1/conversations/main/events?after=" + after).build());
    }

    public HttpRequest.Builder request(String path) {
      return FengdaClient.this.request(path).header("Authorization", "Bearer " + token);
    }
  }

  /** A new customer of the tenant, by its secret key. */
  public Customer customer(String tenant) {
    return customer(tenant, "u-" + UUID.randomUUID());
  }

  public Customer customer(String tenant, String userId) {
    Reply reply = session(tenant + "-demo-key", object().put("userId", userId));
    if (reply.status() != 201) {
      throw new IllegalStateException("no session: " + reply.raw().body());
    }
    return withToken(reply.json().get("token").asText());
  }

  public Customer withToken(String token) {
    return new Customer(token);
  }

  public Reply session(String apiKey, ObjectNode body) {
    return send(
        request("/v1/sessions")
            .header("X-Api-Key", apiKey)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(45));
  }

  public Reply send(HttpRequest request) {
    try {
      return new Reply(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  public static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + json, e);
    }
  }

  public static String message(String messageId, String text) {
    return object().put("messageId", messageId).put("text", text).toString();
  }
}
