package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What every client of the lab has: gateways to choose from, a customer, a temper.
 *
 * @param gateways ports on 127.0.0.1
 */
record ClientContext(
    HttpClient http, List<Integer> gateways, Dialogue dialogue, Random random, Pace pace) {
  /** How long a client goes on trying before it calls a message failed. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final long BACKOFF_MILLIS_MIN = 50;
  private static final long BACKOFF_MILLIS_MAX = 1_000;

  /** Of the customer's conversation at one of the gateways, whichever it is the turn of. */
  URI uri(String scheme, int turn, String resource) {
    int port = gateways.get(Math.floorMod(turn, gateways.size()));
    return URI.create(
        "%s://127.0.0.1:%d/v1/conversations/main/%s".formatted(scheme, port, resource));
  }

  HttpRequest.Builder request(int turn, String resource) {
    return HttpRequest.newBuilder(uri("http", turn, resource))
        .header("Authorization", "Bearer " + dialogue.token());
  }

  /** A pause before the next try that grows and that no two clients have alike. */
  Duration backoff(int attempt) {
    long millis = Math.min(BACKOFF_MILLIS_MAX, BACKOFF_MILLIS_MIN << Math.min(attempt, 10));
    return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
  }

  static void pause(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
  }

  static JsonNode json(String text) throws IOException {
    return FengdaClient.JSON.readTree(text);
  }
}
