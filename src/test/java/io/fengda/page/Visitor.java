package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.fengda.TestEngine;
import java.util.ArrayList;
import java.util.List;

/** A person with a browser of their own, and its tabs. A script error fails the test. */
final class Visitor implements AutoCloseable {
  static final double PATIENCE_MILLIS = 20_000;

  private final BrowserContext context;
  private final List<String> errors = new ArrayList<>();

  private Visitor(BrowserContext context) {
    this.context = context;
    context.onWebError(error -> errors.add(error.error()));
  }

  static Visitor of(String locale) {
    return of(new Browser.NewContextOptions().setLocale(locale));
  }

  static Visitor of(Browser.NewContextOptions options) {
    return new Visitor(TestBrowser.get().newContext(options));
  }

  BrowserContext context() {
    return context;
  }

  /** A tab with the page of the tenant whose vendor is scripted. */
  Tab chat() {
    return chat(TestEngine.get().httpPort(), TestEngine.PAGES);
  }

  Tab chat(int port, String tenant) {
    Tab tab = open("http://127.0.0.1:%d/?key=%s-public-key".formatted(port, tenant));
    tab.awaitOpen();
    return tab;
  }

  Tab open(String url) {
    Tab tab = new Tab(context.newPage());
    tab.page().navigate(url);
    return tab;
  }

  @Override
  public void close() {
    context.close();
    if (!errors.isEmpty()) {
      throw new AssertionError("the page's scripts failed: " + errors);
    }
  }

  /** What a person sees and does in one tab. */
  record Tab(Page page) {
    Locator find(String selector) {
      return page.locator(selector);
    }

    void awaitOpen() {
      find("fengda-chat[data-state=open]")
          .waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MILLIS));
    }

    Locator composer() {
      return find("fengda-chat textarea");
    }

    Locator questions() {
      return find("fengda-chat .customer .bubble");
    }

    /** Answers that have ended. */
    Locator answers() {
      return find("fengda-chat .history > .bot:not(.streaming) .bubble");
    }

    Locator streaming() {
      return find("fengda-chat .streaming .bubble");
    }

    void say(String text) {
      composer().fill(text);
      composer().press("Enter");
    }

    void awaitAnswers(int count) {
      assertThat(answers()).hasCount(count, new HasCountOptions().setTimeout(PATIENCE_MILLIS));
    }

    void awaitLastAnswer(String text) {
      assertThat(answers().last()).hasText(text, new HasTextOptions().setTimeout(PATIENCE_MILLIS));
    }
  }
}
