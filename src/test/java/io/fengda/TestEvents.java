package io.fengda;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A stream of server-sent events that keeps every event it was sent. */
public final class TestEvents implements AutoCloseable {
  /** An event; {@code id} is empty where it has none. */
  public record Event(String type, String id, JsonNode data) {}

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private final HttpResponse<Stream<String>> response;
  private final Thread reader;

  private TestEvents(HttpResponse<Stream<String>> response) {
    this.response = response;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static TestEvents open(HttpClient http, HttpRequest request) {
    return new TestEvents(http.sendAsync(request, BodyHandlers.ofLines()).join());
  }

  public int status() {
    return response.statusCode();
  }

  public List<Event> events() {
    return List.copyOf(events);
  }

  public List<String> comments() {
    return List.copyOf(comments);
  }

  public Event await(Predicate<Event> fits) {
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .until(() -> events.stream().anyMatch(fits));
    return events.stream().filter(fits).findFirst().orElseThrow();
  }

  private void read() {
    String[] current = {"", "", ""};
    try (Stream<String> lines = response.body()) {
      lines.forEach(line -> take(line, current));
    } catch (RuntimeException e) {
      comments.add("ended: " + e);
    }
  }

  private void take(String line, String[] current) {
    if (line.startsWith(":")) {
      comments.add(line);
    } else if (line.startsWith("event: ")) {
      current[0] = line.substring(7);
    } else if (line.startsWith("id: ")) {
      current[1] = line.substring(4);
    } else if (line.startsWith("data: ")) {
      current[2] = line.substring(6);
    } else if (line.isEmpty() && !current[2].isEmpty()) {
      events.add(new Event(current[0], current[1], FengdaClient.parse(current[2])));
      current[0] = "";
      current[1] = "";
      current[2] = "";
    }
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
