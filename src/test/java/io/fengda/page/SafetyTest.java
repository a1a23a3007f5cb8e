package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Response;
import io.fengda.TestEngine;
import io.fengda.page.Visitor.Tab;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hostile answer or message is text, and text alone. */
class SafetyTest {
  private static final int PAGE_BYTES_MAX = 60 * 1024;

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<img src=x onerror=\"window.hacked=1\">",
        "<script>window.hacked=1</script>",
        "<svg onload=window.hacked=1>",
        "</div></article><style>*{display:none}</style>",
        "[click](javascript:window.hacked=1)",
        "[click](JAVASCRIPT:window.hacked=1) [x](data:text/html,<script>parent.hacked=1</script>)",
        "[click](https://x\" onmouseover=\"window.hacked=1)",
        "**<b onclick=window.hacked=1>bold</b>** `<i>` [<u>](https://example.com/)",
      })
  void aHostileTextRunsNothing(String text) {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.chat();

      tab.say(text);

      tab.awaitAnswers(1);
      assertNull(tab.page().evaluate("() => window.hacked ?? null"));
      assertThat(tab.questions()).hasText(text);
      assertThat(tab.find(".bubble").locator("img, script, svg, style, b, i, u")).hasCount(0);
      for (var link : tab.find(".bubble a").all()) {
        assertTrue(link.getAttribute("href").startsWith("https://"), link.getAttribute("href"));
        assertNull(link.getAttribute("onmouseover"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "宽", "Z̷̨̛͖͚̠̖̈́̍̊͂ͅ", "a b ", "\u202e"})
  void noTextBreaksTheLayoutOfAPhone(String piece) {
    try (Visitor visitor =
        Visitor.of(new Browser.NewContextOptions().setViewportSize(320, 560).setLocale("zh-CN"))) {
      Tab tab = visitor.chat();

      tab.say(piece.repeat(8_000 / piece.getBytes(StandardCharsets.UTF_8).length));

      tab.awaitAnswers(1);
      assertEquals(
          List.of(),
          tab.page()
              .evaluate(
                  """
                  () => [document.documentElement, document.querySelector('fengda-chat'),
                      document.querySelector('fengda-chat').shadowRoot.querySelector('.log')]
                    .filter((element) => element.scrollWidth > element.clientWidth
                      || !element.matches?.('.log') && element.scrollHeight > element.clientHeight)
                    .map((element) => `${element.className || element.localName}: `
                      + `${element.scrollWidth} of ${element.clientWidth} pixels wide, `
                      + `${element.scrollHeight} of ${element.clientHeight} high`)
                  """));
      assertThat(tab.composer()).isInViewport();
    }
  }

  @Test
  void markdownIsShownAsFarAsItIsSafe() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.chat();

      tab.say(
          "stream Take **these** steps:\n1. open `Card`\n2. see [help](https://example.com/a)\n\n"
              + "- *first*\n- https://example.com/b。3 * 4 * 5\n"
              + "```\n<code>\n```\n3.5% of 12\n12.50 in all");

      tab.awaitAnswers(1);
      var answer = tab.answers();
      assertThat(answer.locator("strong")).hasText("these");
      assertThat(answer.locator("ol li")).hasCount(2);
      assertThat(answer.locator("ol code")).hasText("Card");
      assertThat(answer.locator("em")).hasText("first");
      assertThat(answer.locator("ol a")).hasAttribute("href", "https://example.com/a");
      assertThat(answer.locator("ol a")).hasAttribute("rel", "noopener noreferrer nofollow");
      assertThat(answer.locator("ul a")).hasAttribute("href", "https://example.com/b");
      assertThat(answer.locator("ul li").last()).containsText("3 * 4 * 5");
      assertThat(answer.locator("pre code")).hasText("<code>");
      assertThat(answer.locator("p").last()).hasText("3.5% of 1212.50 in all");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "详情见https://example.com/a查看, https://example.com/a",
    "(see https://example.com/b?c=1&d=2)., https://example.com/b?c=1&d=2",
  })
  void anAddressEndsWhereItsSentenceGoesOn(String text, String target) {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();

      tab.say(text);

      tab.awaitAnswers(1);
      assertThat(tab.answers().locator("a")).hasAttribute("href", target);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "`", "[", "**a", "[a](", "https://(", "- ", "1. ", "> ", " ", "- \u2028"})
  void theLargestAnswerIsReadAtOnce(String piece) {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.open(TestEngine.get().client().url("/"));
      Object millis =
          tab.page()
              .evaluate(
                  """
                  async (text) => {
                    const {markdown} = await import('/markdown.js');
                    const start = performance.now();
                    markdown(text);
                    return Math.round(performance.now() - start);
                  }
                  """,
                  piece.repeat(32 * 1024 / piece.length()));

      assertTrue(((Number) millis).intValue() < 1_000, millis + " ms");
    }
  }

  @Test
  void aTextThatIsTooLongIsNotSent() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.chat();

      tab.say("字".repeat(2_731));

      assertThat(tab.find(".problem")).hasText("This is too long. Please shorten it.");
      assertThat(tab.composer()).hasAttribute("aria-invalid", "true");
      assertThat(tab.questions()).hasCount(0);
      tab.say("字".repeat(2_730));
      tab.awaitAnswers(1);
      assertThat(tab.find(".problem")).hasText("");
    }
  }

  @Test
  void thePageIsSmallAndComesFromOneHost() {
    List<Response> responses = new ArrayList<>();
    try (Visitor visitor = Visitor.of("zh-CN")) {
      visitor.context().onResponse(responses::add);
      Tab tab = visitor.chat();
      tab.say("hello");
      tab.awaitAnswers(1);

      int bytes =
          responses.stream()
              .filter(response -> !response.url().contains("/v1/"))
              .mapToInt(response -> response.body().length)
              .sum();
      assertTrue(bytes > 20_000 && bytes < PAGE_BYTES_MAX, bytes + " bytes");
      for (Response response : responses) {
        assertEquals(TestEngine.get().httpPort(), URI.create(response.url()).getPort());
      }
    }
  }
}
