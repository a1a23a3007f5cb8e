package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.LoadState;
import com.sun.net.httpserver.HttpServer;
import io.fengda.TestEngine;
import io.fengda.page.Visitor.Tab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chat in the corner of another site, which is served from another origin. */
class WidgetTest {
  private static TestEngine engine;
  private static @Nullable HttpServer site;

  @BeforeAll
  static void serve() throws IOException {
    var unused = TestBrowser.get();
    engine = TestEngine.get();
    site = HttpServer.create(new InetSocketAddress(engine.otherSite()), 0);
    site.createContext(
        "/",
        exchange -> {
          byte[] page = page(exchange.getRequestURI().getPath().substring(1));
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange
              .getResponseHeaders()
              .add(
                  "Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'; script-src %1$s; connect-src %1$s ws://127.0.0.1:%2$d"
                      .formatted(engineUrl(), engine.httpPort()));
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    site.start();
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.stop(0);
    }
  }

  @Test
  void oneScriptTagPutsTheChatOnASiteThatTheTenantAllows() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.open(allowed("pages-public-key"));

      tab.find(".launch").click();
      tab.awaitOpen();
      tab.say("hello from a shop");
      tab.awaitLastAnswer("echo: hello from a shop");

      tab.page()
          .screenshot(
              new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", "widget.png")));
      assertThat(tab.find(".panel .bar strong")).hasText("Pages");
      assertThat(tab.find("#own")).hasCSS("color", "rgb(1, 2, 3)");
      assertThat(tab.questions()).not().hasCSS("color", "rgb(9, 9, 9)");
      assertThat(tab.questions()).hasCSS("font-size", "16px");
      assertThat(tab.questions()).hasCSS("letter-spacing", "normal");
      assertThat(tab.find(".bar strong")).hasCSS("letter-spacing", "normal");
      assertThat(tab.find("fengda-widget")).hasCSS("position", "fixed");
      assertEquals(
          List.of(),
          new AxeBuilder(tab.page())
              .analyze().getViolations().stream()
                  .filter(
                      violation -> List.of("serious", "critical").contains(violation.getImpact()))
                  .map(violation -> violation.getId() + violation.getNodes())
                  .toList());
    }
  }

  @Test
  void itOpensAndClosesWithTheKeyboardAndStaysOpenFromPageToPage() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.open(allowed("pages-public-key"));
      tab.find(".launch").focus();
      tab.page().keyboard().press("Enter");
      tab.awaitOpen();
      tab.page().keyboard().type("still here?");
      tab.page().keyboard().press("Enter");
      tab.awaitAnswers(1);

      tab.page().reload();
      tab.awaitAnswers(1);
      assertThat(tab.find(".panel")).isVisible();
      assertThat(tab.page().locator("body")).isFocused();
      tab.composer().focus();
      tab.page().keyboard().press("Escape");

      assertThat(tab.find(".panel")).isHidden();
      assertThat(tab.find(".launch")).isFocused();
    }
  }

  @Test
  void aClosedChatCountsItsAnswers() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.open(allowed("pages-public-key"));
      tab.find(".launch").click();
      tab.awaitOpen();
      tab.say("stream " + "word ".repeat(30).strip());
      tab.find(".close").click();

      assertThat(tab.find(".launch .badge")).hasText("1");
      assertThat(tab.find(".launch")).hasAttribute("aria-label", "Open chat, 1 new");
      tab.find(".launch").click();
      assertThat(tab.find(".launch .badge")).isHidden();
    }
  }

  @Test
  void nothingIsSentBeforeItIsOpened() {
    try (Visitor visitor = Visitor.of("en-US")) {
      List<String> calls = new ArrayList<>();
      visitor.context().onRequest(request -> calls.add(request.url()));
      visitor.context().onPage(page -> page.onWebSocket(socket -> calls.add(socket.url())));
      Tab tab = visitor.open(allowed("pages-public-key"));
      assertThat(tab.find(".launch")).isVisible();
      tab.page().waitForLoadState(LoadState.NETWORKIDLE);

      assertTrue(calls.stream().anyMatch(call -> call.contains("branding")), calls.toString());
      assertTrue(calls.stream().noneMatch(call -> call.contains("sessions")), calls.toString());
      assertTrue(calls.stream().noneMatch(call -> call.startsWith("ws")), calls.toString());
    }
  }

  @Test
  void aTenantThatDoesNotAllowTheSiteIsNotThere() {
    assertRefused(allowed("harbor-public-key"));
  }

  @Test
  void aSiteThatNoTenantAllowsHasNoChat() {
    assertRefused("http://127.0.0.1:%d/pages-public-key".formatted(engine.otherSite()));
  }

  private static void assertRefused(String url) {
    try (Visitor visitor = Visitor.of("en-US")) {
      List<String> errors = new ArrayList<>();
      visitor
          .context()
          .onConsoleMessage(
              message -> {
                if (message.text().startsWith("fengda:")) {
                  errors.add(message.text());
                }
              });
      Tab tab = visitor.open(url);

      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .until(
              () -> {
                tab.page().waitForTimeout(50);
                return !errors.isEmpty();
              });
      assertThat(tab.find(".launch")).hasCount(0);
    }
  }

  private static String allowed(String key) {
    return "http://localhost:%d/%s".formatted(engine.otherSite(), key);
  }

  private static String engineUrl() {
    return "http://127.0.0.1:" + engine.httpPort();
  }

  /** A site with a strict policy, and with styles that would spoil a chat they can reach. */
  private static byte[] page(String key) {
    return """
    <!doctype html>
    <html lang="en"><head><title>A shop</title>
    <style>
      html { font-size: 62.5%% } #own { color: rgb(1, 2, 3) }
      * { position: relative; letter-spacing: 1em } .bubble { color: rgb(9, 9, 9) !important }
    </style></head>
    <body><main><h1>A shop</h1><p id="own">Everything must go.</p></main>
    <script src="%s/widget.js" data-key="%s" async></script>
    </body></html>
    """
        .formatted(engineUrl(), key)
        .getBytes(StandardCharsets.UTF_8);
  }
}
