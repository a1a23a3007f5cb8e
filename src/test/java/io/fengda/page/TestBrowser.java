package io.fengda.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Debian's Chromium, started once for all tests of a run; without one they are skipped. */
public final class TestBrowser {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"));

  private static @Nullable Browser running;

  private TestBrowser() {}

  public static boolean isHere() {
    return chromium().isPresent();
  }

  private static Optional<Path> chromium() {
    return PLACES.stream().filter(Files::isExecutable).findFirst();
  }

  public static synchronized Browser get() {
    Optional<Path> chromium = chromium();
    Assumptions.assumeTrue(
        chromium.isPresent(),
        "there is no Chromium, so the page is not tested: apt-get install chromium");
    Browser browser = running;
    if (browser == null) {
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(chromium.orElseThrow())
                      .setArgs(List.of("--no-sandbox")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
      running = browser;
    }
    return browser;
  }
}
