package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.fengda.TestEngine;
import io.fengda.page.Visitor.Tab;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person chats on the page, in a real browser with the real engine behind it. */
class ChatTest {
  private static final String FROM_END =
      "log => log.scrollHeight - log.scrollTop - log.clientHeight";

  private static TestEngine engine;

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
    engine = TestEngine.get();
  }

  private static String home() {
    return "http://127.0.0.1:%d/".formatted(engine.httpPort());
  }

  @Test
  void aCustomerChoosesABankAndIsAnsweredInChinese() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.open(home());

      tab.find("main a:has-text('海港银行')").click();
      tab.find(".suggestions button").first().click();

      assertThat(tab.find("h1")).hasText("海港银行");
      assertThat(tab.questions()).hasText("银行卡丢了怎么办");
      tab.awaitAnswers(1);
      assertThat(tab.answers()).containsText("挂失");
      assertThat(tab.find(".customer .state")).hasText("已送达");
      assertThat(tab.find(".bot .badge")).hasText("AI 生成");
      assertThat(tab.find(".bot details summary")).hasText("来源");
      assertThat(tab.find(".day")).hasText("今天");
      assertThat(tab.find(".suggestions")).isHidden();
    }
  }

  @Test
  void anotherIsAnsweredInEnglishAndMaySwitchTheLanguageAndTheCompany() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.open(home());
      assertThat(tab.find("main h2")).hasText("Whom would you like to ask?");

      tab.find("main a:has-text('Beeshop')").click();
      assertThat(tab.find(".suggestions button")).hasCount(3);
      tab.say("How do I return an item?");
      tab.awaitAnswers(1);
      assertThat(tab.answers()).containsText(Pattern.compile("return", Pattern.CASE_INSENSITIVE));
      assertThat(tab.find(".bot .badge")).hasText("AI-generated");

      tab.find("#language").click();
      assertThat(tab.find(".bot .badge")).hasText("AI 生成");
      assertThat(tab.find("h1")).hasText("蜜蜂商城");
      tab.page().reload();
      assertThat(tab.find(".customer .state")).hasText("已送达");

      tab.find("#change").click();
      assertThat(tab.find("main h2")).hasText("想和谁聊聊？");
      tab.page().goBack();
      tab.awaitAnswers(1);
    }
  }

  @Test
  void aReloadInTheMiddleOfAnAnswerLosesNothing() {
    String answer = words(40);
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      tab.say("stream " + answer);
      assertThat(tab.streaming()).containsText("word9");

      tab.page().reload();

      assertThat(tab.streaming()).containsText("word9");
      tab.awaitLastAnswer(answer);
      assertThat(tab.answers()).hasCount(1);
      assertThat(tab.questions()).hasCount(1);
    }
  }

  @Test
  void whoComesBackFindsTheSameConversation() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      tab.say("remember me");
      tab.awaitAnswers(1);
      tab.page().close();

      Tab again = visitor.chat();

      again.awaitLastAnswer("echo: remember me");
      assertThat(again.questions()).hasText("remember me");
    }
  }

  @Test
  void theDayOfAMessageIsShown() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      tab.say("today");
      tab.awaitAnswers(1);
      tab.page().close();

      visitor.context().clock().setFixedTime(System.currentTimeMillis() + 24 * 3_600_000L);
      Tab tomorrow = visitor.open(home() + "?key=pages-public-key");

      assertThat(tomorrow.find(".day")).hasText("昨天");
    }
  }

  @Test
  void tabsAreInStepAlsoWhileAnAnswerGrows() {
    String answer = words(20);
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab first = visitor.chat();
      Tab second = visitor.chat();

      first.say("stream " + answer);

      assertThat(second.streaming()).containsText("word2");
      first.awaitLastAnswer(answer);
      second.awaitLastAnswer(answer);
      assertThat(second.questions()).hasText("stream " + answer);
      second.say("and back");
      first.awaitLastAnswer("echo: and back");
      assertThat(first.questions()).hasCount(2);
    }
  }

  @Test
  void anAnswerIsStoppedAndItsVendorToo() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      int cut = engine.vendor().cancelled();
      tab.say("drip");
      assertThat(tab.streaming()).containsText("drop 2");
      assertThat(tab.find(".typing")).hasText(Pattern.compile("正在输入"));

      tab.find(".stop").click();

      assertThat(tab.find(".customer .state")).hasText("已停止");
      assertThat(tab.streaming()).hasCount(0);
      assertThat(tab.find(".stop")).isHidden();
      Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> engine.vendor().cancelled() > cut);
      tab.page().reload();
      assertThat(tab.find(".customer .state")).hasText("已停止");
    }
  }

  @Test
  void anErasureEmptiesEveryTabAndTheTalkMayBeginAnew() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      Tab other = visitor.chat();
      tab.say("forget this");
      other.awaitAnswers(1);

      tab.find(".erase").click();
      tab.find("dialog .danger").click();

      assertThat(tab.questions()).hasCount(0);
      assertThat(other.questions()).hasCount(0);
      assertThat(tab.find(".suggestions")).isVisible();
      tab.say("something new");
      tab.awaitLastAnswer("echo: something new");
      other.awaitLastAnswer("echo: something new");
      other.page().reload();
      other.awaitAnswers(1);
      assertThat(other.questions()).hasText("something new");
    }
  }

  @Test
  void anErasureIsConfirmedFirst() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();
      tab.say("keep this");
      tab.awaitAnswers(1);

      tab.find(".erase").click();
      tab.find("dialog .danger").click();
      assertThat(tab.questions()).hasCount(0);
      tab.say("keep that");
      tab.awaitAnswers(1);

      tab.find(".erase").click();
      tab.page().keyboard().press("Escape");
      tab.find(".erase").click();
      tab.find("dialog button").first().click();
      tab.page().reload();

      tab.awaitAnswers(1);
      assertThat(tab.questions()).hasText("keep that");
    }
  }

  @Test
  void whatIsRefusedCanBeSentAgainOrDeleted() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat(engine.httpPort(), TestEngine.REJECTING);
      tab.say("slow first");
      tab.say("second");
      tab.say("third");
      Locator failed = tab.find(".failed");
      assertThat(failed).hasCount(2);
      assertThat(failed.first()).containsText("上一条还在回答");
      tab.awaitAnswers(1);

      failed.filter(new Locator.FilterOptions().setHasText("third")).locator("text=删除").click();
      failed.locator("text=重试").click();

      tab.awaitLastAnswer("echo: second");
      assertThat(tab.questions()).hasCount(2);
    }
  }

  @Test
  void aFallbackIsMarkedAsOne() {
    try (Visitor visitor = Visitor.of("zh-CN")) {
      Tab tab = visitor.chat();

      tab.say("fail 一下");

      assertThat(tab.find(".fallback .bubble"))
          .containsText("系统繁忙", new ContainsTextOptions().setTimeout(Visitor.PATIENCE_MILLIS));
      assertThat(tab.find(".fallback .badge")).hasText("系统回复");
    }
  }

  @Test
  void anAnswerCanBeCopied() {
    try (Visitor visitor = Visitor.of("en-US")) {
      visitor.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
      Tab tab = visitor.chat();
      tab.say("copy me");
      tab.awaitAnswers(1);

      tab.find(".copy").click();

      assertThat(tab.find("[role=status].hidden")).hasText("Copied", new HasTextOptions());
      assertEquals(
          "echo: copy me", tab.page().evaluate("() => navigator.clipboard.readText()").toString());
    }
  }

  @Test
  void whoReadsAboveIsNotPulledDown() {
    try (Visitor visitor = Visitor.of("en-US")) {
      Tab tab = visitor.chat();
      tab.say("line\n".repeat(60).strip());
      tab.awaitAnswers(1);
      tab.say("stream " + words(40));
      assertThat(tab.streaming()).containsText("word2");
      tab.find(".log").hover();
      tab.page().mouse().wheel(0, -40);
      assertThat(tab.streaming()).containsText("word9");
      Object near = tab.find(".log").evaluate(FROM_END);
      assertTrue(((Number) near).intValue() >= 30, near + " pixels from the end");
      tab.find(".log").evaluate("log => { log.scrollTop = 0; }");

      tab.awaitAnswers(2);

      assertThat(tab.find(".newest")).isVisible();
      assertEquals(0, ((Number) tab.find(".log").evaluate("log => log.scrollTop")).intValue());
      tab.find(".newest").click();
      assertTrue((Boolean) tab.find(".log").evaluate(FROM_END + " < 2"));
    }
  }

  private static String words(int count) {
    return IntStream.range(0, count).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));
  }
}
