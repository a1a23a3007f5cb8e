package io.fengda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import nl.altindag.ssl.SSLFactory;

/** A customer who talks through the public port, as an integrator's server would for it. */
final class HttpCustomer implements WarmUp.Customer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final HttpClient http;
  private final URI gateway;
  private final String token;

  private HttpCustomer(HttpClient http, URI gateway, String token) {
    this.http = http;
    this.gateway = gateway;
    this.token = token;
  }

  /** It asks this very process by its address, so that no certificate has to name that. */
  static HttpClient client(boolean isEncrypted) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY);
    if (isEncrypted) {
      builder.sslContext(
          SSLFactory.builder()
              .withTrustingAllCertificatesWithoutValidation()
              .build()
              .getSslContext());
    }
    return builder.build();
  }

  static URI uri(InetSocketAddress gateway, boolean isEncrypted) {
    String host =
        gateway.getAddress().isAnyLocalAddress()
            ? "127.0.0.1"
            : gateway.getAddress().getHostAddress();
    return URI.create(
        "%s://%s:%d/v1/"
            .formatted(isEncrypted ? "https" : "http", bracketed(host), gateway.getPort()));
  }

  /** Opens a session. */
  static HttpCustomer of(HttpClient http, URI uri, String apiKey, String userId) {
    String session =
        send(http, request(uri, "sessions", Map.of("userId", userId)).header("X-Api-Key", apiKey));
    try {
      return new HttpCustomer(http, uri, JSON.readTree(session).path("token").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a session is not JSON", e);
    }
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  String token() {
    return token;
  }

  @Override
  public void say(String text) {
    send(
        http,
        request(gateway, "conversations/main/messages", Map.of("text", text))
            .header("Authorization", "Bearer " + token));
  }

  @Override
  public void leave() {
    send(
        http,
        HttpRequest.newBuilder(gateway.resolve("conversations/main"))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .DELETE());
  }

  private static HttpRequest.Builder request(URI gateway, String path, Map<String, String> body) {
    return HttpRequest.newBuilder(gateway.resolve(path))
        .timeout(TIMEOUT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json(body)));
  }

  static String json(Map<String, String> body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String send(HttpClient http, HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException("answered " + response.statusCode());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
