package io.fengda.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketRoute;
import io.fengda.FengdaClient;
import io.fengda.TestEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A page that has nothing but {@code fengda-client.js}, and what its client tells. */
final class ModulePage implements AutoCloseable {
  static final String GUEST = "{key: 'pages-public-key'}";

  private final Visitor visitor;
  private final Page page;
  private final List<WebSocketRoute> sockets = new ArrayList<>();
  private final List<JsonNode> sent = new ArrayList<>();

  private ModulePage(Visitor visitor) {
    this.visitor = visitor;
    this.page = visitor.open(base() + "favicon.svg").page();
  }

  static ModulePage open() {
    return new ModulePage(Visitor.of("en-US"));
  }

  Visitor visitor() {
    return visitor;
  }

  Page page() {
    return page;
  }

  /** Every socket that was routed, oldest first. */
  List<WebSocketRoute> sockets() {
    return sockets;
  }

  /** What the client sent to the scripted engine. */
  List<JsonNode> sent() {
    return sent;
  }

  @Override
  public void close() {
    visitor.close();
  }

  private static String base() {
    return "http://127.0.0.1:%d/".formatted(TestEngine.get().httpPort());
  }

  /** From now on this test is the engine's side of the socket. */
  void script() {
    page.routeWebSocket(
        url -> url.contains("/ws"),
        socket -> {
          sockets.add(socket);
          socket.onMessage(frame -> sent.add(FengdaClient.parse(frame.text())));
        });
    page.reload();
  }

  void start(String options) {
    page.evaluate(
        """
        async (url) => {
          const {FengdaClient} = await import(url + 'fengda-client.js');
          globalThis.FengdaClient = FengdaClient;
          globalThis.client = new FengdaClient(%s);
          globalThis.events = [];
          for (const type of ['state', 'pending', 'accepted', 'failed', 'discarded', 'message', 'delta',
            'turn', 'cleared']) {
            client.addEventListener(type, ({detail}) => events.push({type, ...detail}));
          }
          client.open();
        }
        """
            .formatted(options),
        base());
  }

  JsonNode run(String expression) {
    return FengdaClient.parse(
        page.evaluate("() => JSON.stringify(" + expression + ") ?? 'null'").toString());
  }

  void tell(String frame) {
    sockets.getLast().send(frame.replace('\'', '"'));
  }

  static String message(int seq) {
    return ("{'type':'message','message':{'seq':%d,'messageId':'m-%d','role':'customer','text':'x',"
            + "'createdAt':'2026-11-22T09:30:00Z','outcome':'answer'}}")
        .formatted(seq, seq);
  }

  List<JsonNode> events(String type) {
    List<JsonNode> all = new ArrayList<>();
    run("events.filter((event) => event.type === '" + type + "')").forEach(all::add);
    return all;
  }

  JsonNode await(String type, int count) {
    awaitThat(() -> events(type).size() >= count);
    return events(type).get(count - 1);
  }

  JsonNode awaitState(String state) {
    Predicate<JsonNode> is = event -> event.get("state").asText().equals(state);
    awaitThat(() -> is.test(events("state").getLast()));
    return events("state").getLast();
  }

  void awaitSockets(int count) {
    awaitThat(() -> sockets.size() == count);
  }

  void awaitSent(int count) {
    awaitThat(() -> sent.size() == count);
  }

  /** Playwright's handlers run only while it is asked something. */
  void awaitThat(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              page.waitForTimeout(20);
              return condition.call();
            });
  }
}
