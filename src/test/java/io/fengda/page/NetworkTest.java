package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsHiddenOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import io.fengda.FengdaClient;
import io.fengda.FreePorts;
import io.fengda.TestEngine;
import io.fengda.chaos.TcpProxy;
import io.fengda.page.Visitor.Tab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network between a real browser and the engine fails, and comes back. */
class NetworkTest {
  private TcpProxy network;
  private Visitor visitor;
  private Tab tab;

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
  }

  @BeforeEach
  void connect() {
    network = TcpProxy.start(FreePorts.of(1).getFirst(), TestEngine.get().httpPort());
    visitor = Visitor.of("zh-CN");
    tab = visitor.chat(network.port(), TestEngine.PAGES);
  }

  @AfterEach
  void disconnect() {
    visitor.close();
    network.close();
  }

  @Test
  void whatIsTypedOfflineIsSentOnceAfterwards() {
    tab.say("before");
    tab.awaitAnswers(1);
    fail();

    assertThat(tab.find(".banner")).isVisible();
    tab.say("typed offline");
    tab.say("this too");
    assertThat(tab.find(".pending .state").first()).hasText("等待网络，恢复后自动发送");
    network.free();

    tab.awaitAnswers(3);
    assertThat(tab.questions()).hasText(new String[] {"before", "typed offline", "this too"});
    assertEquals(1, asked("typed offline"));
    assertEquals(1, asked("this too"));
    assertThat(tab.find(".banner")).isHidden();
  }

  @Test
  void aMessageThatIsLostOnItsWayIsSaidOnce() {
    network.blockAll();
    tab.say("into the dark");
    assertThat(tab.find(".pending .state")).hasText("发送中…");
    network.cut();
    network.free();

    tab.awaitLastAnswer("echo: into the dark");
    assertThat(tab.questions()).hasCount(1);
    assertEquals(1, asked("into the dark"));
  }

  @Test
  void whatWasTypedOfflineIsSentByTheNextVisit() {
    fail();
    tab.say("typed, then closed");
    assertThat(tab.find(".pending")).hasCount(1);
    tab.page().close();
    network.free();

    tab = visitor.chat(network.port(), TestEngine.PAGES);

    tab.awaitLastAnswer("echo: typed, then closed");
    assertThat(tab.questions()).hasCount(1);
    assertEquals(1, asked("typed, then closed"));
  }

  @Test
  void anAnswerGoesOnWhereTheConnectionWasLost() {
    String answer = "one two three four five six seven eight nine ten ".repeat(5).strip();
    tab.say("stream " + answer);
    assertThat(tab.streaming()).containsText("five");

    network.cut();

    assertThat(tab.find(".banner"))
        .isVisible(new IsVisibleOptions().setTimeout(Visitor.PATIENCE_MILLIS));
    tab.awaitLastAnswer(answer);
    assertThat(tab.answers()).hasCount(1);
  }

  @Test
  void aConnectionThatIsSilentlyDeadIsNoticed() {
    visitor.context().clock().install();
    tab.page().reload();
    tab.awaitOpen();
    network.blockAll();

    visitor.context().clock().runFor(60_000);

    assertThat(tab.find(".banner")).isVisible();
    network.free();
    visitor.context().clock().resume();
    assertThat(tab.find(".banner"))
        .isHidden(new IsHiddenOptions().setTimeout(2 * Visitor.PATIENCE_MILLIS));
  }

  @Test
  void aConversationErasedMeanwhileIsGoneWhenOneIsBack() {
    Tab other = visitor.chat(network.port(), TestEngine.PAGES);
    tab.say("soon gone");
    other.awaitAnswers(1);
    Object token = tab.page().evaluate("() => localStorage['fengda.token.pages-public-key']");
    FengdaClient client = TestEngine.get().client();
    fail();

    client.send(
        client.withToken(token.toString()).request("/v1/conversations/main").DELETE().build());
    network.free();

    assertThat(tab.questions())
        .hasCount(0, new HasCountOptions().setTimeout(Visitor.PATIENCE_MILLIS));
    tab.say("and new");
    tab.awaitLastAnswer("echo: and new");
    other.awaitLastAnswer("echo: and new");
  }

  @Test
  void whatWasSaidAfterAnErasureOutlastsALostConnection() {
    tab.say("forget this");
    tab.awaitAnswers(1);
    tab.find(".erase").click();
    tab.find("dialog .danger").click();
    assertThat(tab.questions()).hasCount(0);
    tab.say("keep this");
    tab.awaitLastAnswer("echo: keep this");

    network.cut();

    assertThat(tab.find(".banner"))
        .isVisible(new IsVisibleOptions().setTimeout(Visitor.PATIENCE_MILLIS));
    tab.awaitOpen();
    tab.say("and this");
    tab.awaitAnswers(2);
    assertThat(tab.questions()).hasText(new String[] {"keep this", "and this"});
  }

  @Test
  void aTurnThatWasStoppedMeanwhileIsSeenToBeStopped() {
    tab.say("drip");
    assertThat(tab.streaming()).containsText("drop 2");
    Object token = tab.page().evaluate("() => localStorage['fengda.token.pages-public-key']");
    fail();

    TestEngine.get().client().withToken(token.toString()).stop();
    network.free();

    assertThat(tab.find(".customer .state"))
        .hasText("已停止", new HasTextOptions().setTimeout(Visitor.PATIENCE_MILLIS));
    assertThat(tab.streaming()).hasCount(0);
    assertThat(tab.find(".typing")).isHidden();
  }

  @Test
  void nothingIsErasedWithoutAConnection() {
    tab.say("stays");
    tab.awaitAnswers(1);
    fail();

    tab.find(".erase").click();
    tab.find("dialog .danger").click();

    assertThat(tab.find(".problem"))
        .hasText("没有删除成功，请稍后再试。", new HasTextOptions().setTimeout(Visitor.PATIENCE_MILLIS));
    assertThat(tab.questions()).hasText("stays");
  }

  /** Nothing gets through, and what was open breaks. */
  private void fail() {
    network.blockAll();
    network.cut();
  }

  private static int asked(String question) {
    return TestEngine.get().vendor().requestsAsking(question).size();
  }
}
