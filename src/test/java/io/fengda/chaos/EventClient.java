package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.chaos.ClientRecord.Line;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another device of a customer, which only follows the conversation as server-sent events and comes
 * back with the last id it has.
 */
final class EventClient {
  private static final String WATCH = "events";

  /** Above the lab's heartbeat of 3 s. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(8);

  private static final String END = "\0";

  private final ClientContext context;
  private int gateway;
  private int connections;

  EventClient(ClientContext context) {
    this.context = context;
    this.gateway = context.random().nextInt(context.gateways().size());
  }

  /** Follows until the pace ends. */
  void follow() {
    int failed = 0;
    while (context.pace().goesOn()) {
      connections++;
      Lines lines = new Lines();
      CompletableFuture<?> response =
          context.http().sendAsync(request(), info -> BodySubscribers.fromLineSubscriber(lines));
      var unused = response.whenComplete((done, failure) -> lines.onComplete());
      failed = read(lines) ? 0 : failed + 1;
      response.cancel(true);
      lines.cancel();
      gateway++;
      ClientContext.pause(context.backoff(failed));
    }
  }

  private HttpRequest request() {
    long last = context.dialogue().lastSeq(WATCH);
    return context.request(gateway, "events").header("Last-Event-ID", Long.toString(last)).build();
  }

  /** Reads one stream to its end; whether anything came. */
  private boolean read(Lines lines) {
    boolean heard = false;
    String type = "";
    while (context.pace().goesOn()) {
      String line = lines.poll();
      if (line == null || line.equals(END)) {
        return heard;
      }
      heard = true;
      if (line.startsWith("event: ")) {
        type = line.substring(7);
      } else if (line.startsWith("data: ")) {
        take(type, line.substring(6));
      }
    }
    return heard;
  }

  private void take(String type, String data) {
    try {
      JsonNode json = ClientContext.json(data);
      if (type.equals("message")) {
        context.dialogue().delivered(WATCH, connections, Line.of(json));
      } else if (type.equals("turn")) {
        context.dialogue().told(WATCH, SocketClient.ending(json, connections));
      }
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + data, e);
    }
  }

  /** The lines of a response, as they come. */
  private static final class Lines implements Flow.Subscriber<String> {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;

    @Nullable String poll() {
      try {
        return lines.poll(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    void cancel() {
      Flow.Subscription current = subscription;
      if (current != null) {
        current.cancel();
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
      subscription = started;
      started.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      lines.add(line);
    }

    @Override
    public void onError(Throwable failure) {
      lines.add(END);
    }

    @Override
    public void onComplete() {
      lines.add(END);
    }
  }
}
