package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.ClientRecord.Said;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A customer over REST. Whatever fails in a way that may pass is sent again, with the same
 * messageId, to the next gateway.
 */
final class RestClient {
  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);
  private static final Duration REQUEST_MAX = Duration.ofSeconds(10);
  private static final long RETRY_AFTER_MILLIS_MAX = 2_000;
  private static final int OVERLAPS_ONE_IN = 10;
  private static final int ASYNC_ONE_IN = 4;

  private final ClientContext context;
  private final AtomicInteger gateway;

  RestClient(ClientContext context) {
    this.context = context;
    this.gateway = new AtomicInteger(context.random().nextInt(context.gateways().size()));
  }

  /** Talks until the pace ends, now and then without waiting for an answer. */
  void talk() {
    while (context.pace().goesOn()) {
      ClientContext.pause(context.pace().think(context.random()));
      if (context.random().nextInt(OVERLAPS_ONE_IN) == 0) {
        Thread other = Thread.ofVirtual().start(this::say);
        say();
        join(other);
      } else {
        say();
      }
    }
  }

  /** Talks without a pause until a real answer comes. */
  void talkUntilAnswered() {
    long startNanos = System.nanoTime();
    while (context.pace().goesOn() && !context.dialogue().isAnsweredSince(startNanos)) {
      say();
    }
  }

  private void say() {
    Said said = context.dialogue().begin();
    boolean async = context.random().nextInt(ASYNC_ONE_IN) == 0;
    long untilNanos = System.nanoTime() + ClientContext.PATIENCE.toNanos();
    String problem = "";
    for (int attempt = 0; System.nanoTime() - untilNanos < 0; attempt++) {
      Duration pause;
      try {
        HttpResponse<String> response = context.http().send(request(said, async), body());
        if (response.statusCode() == 200) {
          ended(said, ClientContext.json(response.body()));
          return;
        } else if (response.statusCode() == 202) {
          accepted(said, ClientContext.json(response.body()));
          async = false;
          continue;
        }
        problem = response.statusCode() + " " + response.body();
        if (!PASSING.contains(response.statusCode())) {
          break;
        }
        pause = retryAfter(response, attempt);
      } catch (IOException e) {
        problem = e.toString();
        pause = context.backoff(attempt);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      gateway.incrementAndGet();
      ClientContext.pause(pause);
    }
    context.dialogue().failed(said.id(), problem);
  }

  private HttpRequest request(Said said, boolean async) {
    HttpRequest.Builder builder =
        context
            .request(gateway.get(), "messages")
            .timeout(REQUEST_MAX)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(FengdaClient.message(said.id(), said.text())));
    return (async ? builder.header("Prefer", "respond-async") : builder).build();
  }

  private static HttpResponse.BodyHandler<String> body() {
    return BodyHandlers.ofString();
  }

  private void accepted(Said said, JsonNode json) {
    context.dialogue().acked(said.id(), json.get("message").get("seq").asLong());
  }

  private void ended(Said said, JsonNode json) {
    accepted(said, json);
    Line reply = json.has("reply") ? Line.of(json.get("reply")) : null;
    context.dialogue().ended(said.id(), json.get("outcome").asText(), reply);
  }

  /** The gateway's wish, shortened where it is long, and never the same for all. */
  private Duration retryAfter(HttpResponse<String> response, int attempt) {
    return response
        .headers()
        .firstValue("Retry-After")
        .map(seconds -> Math.min(RETRY_AFTER_MILLIS_MAX, 1_000 * Long.parseLong(seconds)))
        .map(millis -> Duration.ofMillis(millis / 2 + context.random().nextLong(millis / 2 + 1)))
        .orElseGet(() -> context.backoff(attempt));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
