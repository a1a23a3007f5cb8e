package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.ReducedMotion;
import io.fengda.TestEngine;
import io.fengda.page.Visitor.Tab;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page is for everyone: axe-core finds nothing serious, and a keyboard is enough. */
class AccessibilityTest {
  private static final Set<String> GRAVE = Set.of("serious", "critical");
  private static String home = "";

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
    home = "http://127.0.0.1:%d/".formatted(TestEngine.get().httpPort());
  }

  /** What they look like lies in {@code target/screenshots}. */
  @ParameterizedTest
  @CsvSource({
    "phone, 390, 780, LIGHT, zh-CN", "phone, 390, 780, DARK, en-US",
    "desktop, 1280, 800, LIGHT, en-US", "desktop, 1280, 800, DARK, zh-CN"
  })
  void aConversation(String device, int width, int height, ColorScheme scheme, String locale) {
    try (Visitor visitor = Visitor.of(options(width, height, locale).setColorScheme(scheme))) {
      boolean chinese = locale.startsWith("zh");
      for (String tenant : List.of("harbor", "beeshop")) {
        Tab tab = visitor.chat(TestEngine.get().httpPort(), tenant);
        assertThat(tab.find(".suggestions")).isVisible();
        assertNothingGrave(tab);
        screenshot(tab, tenant + "-" + device + "-start", scheme);
        tab.find(".suggestions button").nth(1).click();
        tab.awaitAnswers(1);
        tab.say(chinese ? "你好" : "Hello");
        tab.awaitAnswers(2);
        tab.find("details summary").first().click();
        assertNothingGrave(tab);
        tab.find("details summary").first().click();
        screenshot(tab, tenant + "-" + device, scheme);
        tab.find(".erase").click();
        assertNothingGrave(tab);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"LIGHT", "DARK"})
  void whatHappensDuringATurn(ColorScheme scheme) {
    try (Visitor visitor = Visitor.of(options(800, 600, "zh-CN").setColorScheme(scheme))) {
      Tab tab = visitor.chat(TestEngine.get().httpPort(), TestEngine.REJECTING);
      tab.say("slow one");
      tab.say("two");
      assertThat(tab.find(".failed")).hasCount(1);
      assertNothingGrave(tab);
      screenshot(tab, "failed", scheme);
      Tab stream = visitor.chat();
      stream.say("fail");
      stream.say("drip");
      assertThat(stream.streaming()).containsText("drop 3");
      assertNothingGrave(stream);
      screenshot(stream, "streaming", scheme);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "integrate.html", "example.html", "?key=nobodys"})
  void theOtherPages(String path) {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      try (Visitor visitor = Visitor.of(options(390, 780, "zh-CN").setColorScheme(scheme))) {
        Tab tab = visitor.open(home + path);
        assertThat(tab.find("main")).not().isEmpty();
        tab.page().waitForLoadState(LoadState.NETWORKIDLE);
        assertNothingGrave(tab);
        screenshot(tab, "page-" + path.replaceAll("\\W", ""), scheme);
      }
    }
  }

  @Test
  void aKeyboardIsEnough() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.open(home);
      assertThat(tab.find("main a").first()).isVisible();
      tabTo(tab, "a");
      tab.page().keyboard().press("Enter");
      tab.awaitOpen();
      assertEquals("TEXTAREA", focused(tab));
      tab.page().keyboard().type("怎么修改转账限额？");
      tab.page().keyboard().press("Shift+Enter");
      tab.page().keyboard().type("急");
      tab.page().keyboard().press("Enter");
      tab.awaitAnswers(1);
      assertThat(tab.questions()).hasText("怎么修改转账限额？\n急");
      assertEquals("TEXTAREA", focused(tab));
      tabTo(tab, "button.erase");
      tab.page().keyboard().press("Enter");
      tab.page().keyboard().press("Tab");
      tab.page().keyboard().press("Enter");
      assertThat(tab.questions()).hasCount(0);
    }
  }

  @Test
  void enterChoosesWhatAnInputMethodComposesAndDoesNotSend() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      tab.composer().fill("ni hao");

      tab.composer().evaluate(press("isComposing: true"));
      tab.composer().evaluate(press("keyCode: 229"));

      assertThat(tab.questions()).hasCount(0);
      assertThat(tab.composer()).hasValue("ni hao");
      tab.composer().evaluate(press("keyCode: 13"));
      assertThat(tab.questions()).hasText("ni hao");
    }
  }

  @Test
  void anAnswerIsReadOutOnceAndNotPieceByPiece() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.chat();
      var announcer = tab.find("[role=status].hidden");

      String answer = "word ".repeat(40).strip();
      tab.say("stream " + answer);
      assertThat(tab.streaming()).containsText("word word");
      assertThat(announcer).hasText("");
      assertThat(tab.find(".log")).hasAttribute("aria-live", "off");

      assertThat(announcer).hasText("Assistant: " + answer);
      tab.page().reload();
      tab.awaitAnswers(1);
      assertThat(announcer).hasText("");
    }
  }

  @Test
  void everythingIsInReachAtTwiceTheSize() {
    try (Visitor visitor = Visitor.of(options(640, 400, "en-US").setDeviceScaleFactor(2))) {
      Tab tab = visitor.chat();
      tab.say("zoom");
      tab.awaitAnswers(1);

      assertThat(tab.composer()).isInViewport();
      assertThat(tab.find(".send")).isInViewport();
      assertEquals(
          true, tab.page().evaluate("() => document.documentElement.scrollWidth <= innerWidth"));
    }
  }

  @Test
  void nothingMovesForWhoDoesNotWantIt() {
    try (Visitor visitor =
        Visitor.of(options(800, 600, "en-US").setReducedMotion(ReducedMotion.REDUCE))) {
      Tab tab = visitor.chat();
      tab.say("slow");
      assertThat(tab.find(".typing")).isVisible();

      assertEquals(
          "none",
          tab.find(".dots i").first().evaluate("dot => getComputedStyle(dot).animationName"));
    }
  }

  private static Browser.NewContextOptions options(int width, int height, String locale) {
    return new Browser.NewContextOptions().setViewportSize(width, height).setLocale(locale);
  }

  private static void assertNothingGrave(Tab tab) {
    var violations =
        new AxeBuilder(tab.page())
            .analyze().getViolations().stream()
                .filter(violation -> GRAVE.contains(violation.getImpact()))
                .map(violation -> violation.getId() + ": " + violation.getNodes())
                .toList();
    assertEquals(List.of(), violations);
  }

  private static void tabTo(Tab tab, String selector) {
    for (int i = 0; i < 20; i++) {
      tab.page().keyboard().press("Tab");
      if ((Boolean) tab.page().evaluate(FOCUSED + ".matches('" + selector + "')")) {
        return;
      }
    }
    throw new AssertionError("twenty times Tab did not lead to " + selector);
  }

  private static final String FOCUSED =
      "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement)";

  private static String focused(Tab tab) {
    return tab.page().evaluate(FOCUSED + ".tagName").toString();
  }

  private static String press(String how) {
    return "text => text.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true,"
        + " cancelable: true, %s}))".formatted(how);
  }

  private static void screenshot(Tab tab, String name, ColorScheme scheme) {
    tab.page()
        .screenshot(
            new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", name + "-" + scheme + ".png")));
  }
}
