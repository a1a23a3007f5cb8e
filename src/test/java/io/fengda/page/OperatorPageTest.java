package io.fengda.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.fengda.operator.TestCluster;
import io.fengda.operator.TestCluster.Node;
import io.fengda.page.Visitor.Tab;
import io.fengda.telemetry.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's page in a real browser, with a real cluster whose figures the test counts. */
class OperatorPageTest {
  private static final String ALL = "gateway,conversation,worker";
  private static final Set<String> GRAVE = Set.of("serious", "critical");
  private static final HasTextOptions PATIENTLY =
      new HasTextOptions().setTimeout(Visitor.PATIENCE_MILLIS);

  @BeforeAll
  static void start() {
    var unused = TestBrowser.get();
  }

  /** What it looks like lies in {@code target/screenshots}. */
  @ParameterizedTest
  @CsvSource({
    "phone, 390, 844, LIGHT, zh-CN, 一切正常",
    "desktop, 1280, 900, DARK, en-US, All well",
  })
  void aClusterThatIsWellSaysSoAtAGlance(
      String device, int width, int height, ColorScheme scheme, String locale, String verdict) {
    try (TestCluster cluster = TestCluster.start(true, ALL, ALL, ALL);
        Traffic traffic = Traffic.on(cluster.node(0), cluster.node(1), cluster.node(2));
        Visitor visitor = Visitor.of(options(width, height, scheme, locale))) {
      Tab tab = open(visitor, cluster.node(0));
      assertThat(tab.find("#verdict")).hasText(verdict, PATIENTLY);
      assertThat(tab.find("#health")).hasAttribute("data-state", "well");
      assertThat(tab.find("#members tbody tr")).hasCount(3);
      assertThat(tab.find("#tenants tbody tr"))
          .hasCount(4, new HasCountOptions().setTimeout(Visitor.PATIENCE_MILLIS));
      assertThat(tab.find("#tenants tbody th").first()).hasText("harbor");
      assertThat(tab.find("#stations tbody th"))
          .hasText(
              locale.startsWith("zh")
                  ? new String[] {"查询排队", "供应商", "整轮"}
                  : new String[] {"queue, query", "vendor", "whole turn"});
      assertThat(tab.find(".plot canvas")).hasCount(4);
      awaitPolls(tab, 6);

      assertNothingGrave(tab);
      assertEquals(
          true, tab.page().evaluate("() => document.documentElement.scrollWidth <= innerWidth"));
      screenshot(tab, "operator-" + device + "-" + scheme);
      assertThat(tab.find("#verdict")).hasText(verdict);

      traffic.troubled();
      cluster.node(1).metrics().vendorGuard("harbor", "answerer", () -> true, () -> 0);
      assertThat(tab.find("#health"))
          .hasAttribute(
              "data-state", "bad", new HasAttributeOptions().setTimeout(Visitor.PATIENCE_MILLIS));
      assertThat(tab.find("#breakers tbody tr")).containsText(cluster.node(1).name());
      assertThat(tab.find("#troubles li"))
          .hasCount(2, new HasCountOptions().setTimeout(Visitor.PATIENCE_MILLIS));
      assertNothingGrave(tab);
      screenshot(tab, "operator-troubled-" + device + "-" + scheme);
    }
  }

  @Test
  void twoNodesAreDrainedWithTheKeyboardAndTheLastOneSaysWhyItStays() {
    try (TestCluster cluster = TestCluster.start(true, ALL, ALL, ALL);
        Visitor visitor = Visitor.of(options(1280, 900, ColorScheme.LIGHT, "en-US"))) {
      Node page = cluster.node(2);
      Tab tab = open(visitor, page);
      for (Node leaving : List.of(cluster.node(0), cluster.node(1))) {
        assertThat(button(tab, leaving))
            .not()
            .hasAttribute(
                "aria-disabled",
                "true",
                new HasAttributeOptions().setTimeout(Visitor.PATIENCE_MILLIS));
        button(tab, leaving).focus();
        tab.page().keyboard().press("Enter");
        assertThat(tab.find("dialog h2")).hasText("Drain " + leaving.name());
        assertNothingGrave(tab);
        screenshot(tab, "operator-drain-" + leaving.system().startTime());
        tab.page().keyboard().press("Tab");
        tab.page().keyboard().press("Enter");

        assertThat(tab.find("dialog")).isHidden();
        Locator progress = tab.find("#drains > li[data-node='%s']".formatted(leaving.name()));
        assertThat(progress).isVisible();
        assertThat(progress)
            .hasAttribute("data-step", "4", new HasAttributeOptions().setTimeout(40_000));
        assertThat(row(tab, leaving)).hasCount(0);
      }

      button(tab, page).press("Enter");

      assertThat(tab.find("dialog")).isHidden();
      assertThat(tab.find("#why"))
          .hasText(page.name() + ": No other node that works has the role: conversation");
      assertThat(tab.find("#verdict")).hasText("All well");
      screenshot(tab, "operator-drained");
    }
  }

  @Test
  void aPageWhoseOwnNodeLeavesLeadsToAnother() {
    try (TestCluster cluster = TestCluster.start(true, ALL, ALL);
        Visitor visitor = Visitor.of(options(800, 700, ColorScheme.LIGHT, "zh-CN"))) {
      Node other = cluster.node(0);
      Tab tab = open(visitor, cluster.node(1));

      button(tab, cluster.node(1)).click();
      assertThat(tab.find("#ask-text")).containsText("本页由这个节点提供");
      tab.find("dialog .bad").click();

      assertThat(tab.find("#verdict"))
          .hasText("本页所在的节点正在离开集群", new HasTextOptions().setTimeout(40_000));
      screenshot(tab, "operator-lost");
      tab.find("#troubles a").click();
      assertThat(tab.find("#verdict")).hasText("一切正常", PATIENTLY);
      assertThat(tab.find("#served")).containsText(other.name());
    }
  }

  @Test
  void nobodyIsDrainedUnlessThatIsConfirmedAndSwitchedOn() {
    try (TestCluster on = TestCluster.start(true, ALL, ALL);
        TestCluster off = TestCluster.start(false, ALL, ALL);
        Visitor visitor = Visitor.of(options(800, 700, ColorScheme.LIGHT, "en-US"))) {
      Tab tab = open(visitor, on.node(0));
      button(tab, on.node(1)).click();
      tab.page().keyboard().press("Escape");
      assertThat(tab.find("dialog")).isHidden();
      assertThat(tab.find("#drains li")).hasCount(0);

      Tab other = open(visitor, off.node(0));
      button(other, off.node(1)).press("Enter");

      assertThat(other.find("dialog")).isHidden();
      assertThat(other.find("#why")).containsText("FENGDA_OPERATOR_DRAIN=on");
      assertTrue(!on.node(1).isGone() && !off.node(1).isGone());
    }
  }

  /** Turns that are counted on nodes, some forty a second, until it is closed. */
  private static final class Traffic implements AutoCloseable {
    private final ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    private final AtomicBoolean isTroubled = new AtomicBoolean();
    private final AtomicInteger ticks = new AtomicInteger();

    static Traffic on(Node... nodes) {
      Traffic traffic = new Traffic();
      for (Node node : nodes) {
        Metrics metrics = node.metrics();
        metrics.openTurns(() -> 3 + traffic.ticks.get() % 4, () -> 5_000);
        metrics.behind(
            "queries", () -> traffic.ticks.get() % 5, () -> traffic.ticks.get() % 5 / 50.0);
        metrics.vendorGuard("beeshop", "answerer", () -> false, () -> 1);
        var unused =
            traffic.threads.scheduleAtFixedRate(
                () -> traffic.tick(metrics), 0, 100, TimeUnit.MILLISECONDS);
      }
      return traffic;
    }

    /** From now on a third of the turns end with the fallback. */
    void troubled() {
      isTroubled.set(true);
    }

    private void tick(Metrics metrics) {
      int tick = ticks.incrementAndGet();
      for (String tenant :
          List.of("harbor", "harbor", "beeshop", tick % 7 == 0 ? "abcde" : "harbor")) {
        metrics.turnEnded(tenant, "ANSWER");
        time(metrics, "queue-query", 3 + tick % 3);
        time(metrics, "vendor", 30 + tick % 17);
        time(metrics, "whole", 45 + tick % 23);
      }
      if (tick % 50 == 0) {
        metrics.turnEnded("beeshop", "STOPPED");
      }
      if (tick % 60 == 0 || isTroubled.get()) {
        metrics.turnEnded("harbor", "VENDOR_UNAVAILABLE");
        metrics.turnEnded("beeshop", "DEADLINE");
      }
      if (tick % 30 == 0) {
        metrics.refused("loud", "QUOTA_EXCEEDED");
      }
    }

    private static void time(Metrics metrics, String station, int millis) {
      metrics
          .registry()
          .timer("fengda.turn.time", "station", station)
          .record(Duration.ofMillis(millis));
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }

  private static Tab open(Visitor visitor, Node node) {
    Tab tab = visitor.open(node.url("/"));
    assertThat(tab.find("#members tbody tr").first()).isVisible();
    return tab;
  }

  /** Until the page has asked so many times more. */
  private static void awaitPolls(Tab tab, int count) {
    for (int i = 0; i < count; i++) {
      var unused =
          tab.page().waitForResponse(response -> response.url().endsWith("/state"), () -> {});
    }
  }

  private static Locator row(Tab tab, Node node) {
    return tab.find("#members tr[data-node='%s']".formatted(node.name()));
  }

  private static Locator button(Tab tab, Node node) {
    return row(tab, node).locator("button");
  }

  private static Browser.NewContextOptions options(
      int width, int height, ColorScheme scheme, String locale) {
    return new Browser.NewContextOptions()
        .setViewportSize(width, height)
        .setLocale(locale)
        .setColorScheme(scheme);
  }

  private static void assertNothingGrave(Tab tab) {
    assertEquals(
        List.of(),
        new AxeBuilder(tab.page())
            .analyze().getViolations().stream()
                .filter(violation -> GRAVE.contains(violation.getImpact()))
                .map(violation -> violation.getId() + ": " + violation.getNodes())
                .toList());
  }

  private static void screenshot(Tab tab, String name) {
    tab.page()
        .screenshot(
            new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(Path.of("target", "screenshots", name + ".png")));
  }
}
