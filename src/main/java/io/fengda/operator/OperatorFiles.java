package io.fengda.operator;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.files.ServedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** What the operator's page is made of, and the library that draws its charts. */
final class OperatorFiles {
  private static final String PAGE = "operator.html";

  /** Those of this package, by the path below {@code /operator/}. */
  private static final List<String> OWN =
      List.of(
          PAGE,
          "operator.css",
          "operator.js",
          "operator-charts.js",
          "operator-figures.js",
          "operator-texts.js");

  private static final List<String> LIBRARY = List.of("uPlot.esm.js", "uPlot.min.css");

  private static final String LIBRARY_VERSION =
      "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private final ServedFiles files;

  private OperatorFiles(ServedFiles files) {
    this.files = files;
  }

  static OperatorFiles load() {
    String library = "/META-INF/resources/webjars/uplot/" + libraryVersion() + "/dist/";
    Map<String, String> resources = new HashMap<>();
    OWN.forEach(name -> resources.put(name, "/io/fengda/operator/" + name));
    LIBRARY.forEach(name -> resources.put(name, library + name));
    resources.put("favicon.svg", "/io/fengda/http/pages/favicon.svg");
    return new OperatorFiles(
        ServedFiles.load(
            resources, List.of(RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"))));
  }

  /** The page itself. */
  HttpResponse page(HttpRequest request) {
    return find(PAGE, request).orElseThrow();
  }

  Optional<HttpResponse> find(String name, HttpRequest request) {
    return files.find(name, request);
  }

  private static String libraryVersion() {
    try (InputStream in = OperatorFiles.class.getResourceAsStream(LIBRARY_VERSION)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + LIBRARY_VERSION);
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
