package io.fengda.operator;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the operator's page is made of, and the library that draws its charts. */
final class OperatorFiles {
  /** Its scripts are its own files, and nothing that it is told becomes HTML. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

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

  private static final String CHARTS_VERSION =
      "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private static final Map<String, ContentType> TYPES =
      Map.of(
          "html", ContentTypes.TEXT_HTML_UTF8,
          "css", MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8),
          "svg", MediaTypes.IMAGE_SVG_XML.toContentType(),
          "js",
              MediaTypes.applicationWithOpenCharset("javascript", "js")
                  .toContentType(HttpCharsets.UTF_8));

  private final Map<String, Served> byName;

  private OperatorFiles(Map<String, Served> byName) {
    this.byName = byName;
  }

  /** A file, and what tells whether a browser has it already. */
  private record Served(String name, HttpResponse whole, String entityTag) {}

  static OperatorFiles load() {
    String charts = "/META-INF/resources/webjars/uplot/" + chartsVersion() + "/dist/";
    Stream<Served> library =
        Stream.of("uPlot.esm.js", "uPlot.min.css").map(name -> served(name, charts + name));
    Stream<Served> icon = Stream.of(served("favicon.svg", "/io/fengda/http/pages/favicon.svg"));
    return new OperatorFiles(
        Stream.concat(
                OWN.stream().map(name -> served(name, "/io/fengda/operator/" + name)),
                Stream.concat(library, icon))
            .collect(Collectors.toUnmodifiableMap(Served::name, one -> one)));
  }

  /** The page itself. */
  HttpResponse page(HttpRequest request) {
    return find(PAGE, request).orElseThrow();
  }

  /** The file of that name; without its content where the browser has it (RFC 9110, 13.1.2). */
  Optional<HttpResponse> find(String name, HttpRequest request) {
    return Optional.ofNullable(byName.get(name))
        .map(
            file ->
                request
                        .getHeader("If-None-Match")
                        .filter(tags -> tags.value().contains(file.entityTag()))
                        .isPresent()
                    ? file.whole()
                        .withEntity(HttpEntities.EMPTY)
                        .withStatus(StatusCodes.NOT_MODIFIED)
                    : file.whole());
  }

  private static Served served(String name, String resource) {
    byte[] bytes = bytes(resource);
    String entityTag = '"' + UUID.nameUUIDFromBytes(bytes).toString() + '"';
    ContentType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    return new Served(
        name,
        HttpResponse.create()
            .withEntity(HttpEntities.create(type, bytes))
            .addHeader(RawHeader.create("ETag", entityTag))
            .addHeader(RawHeader.create("Content-Security-Policy", CONTENT_SECURITY_POLICY))
            .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
            .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"))
            .addHeader(RawHeader.create("Cross-Origin-Resource-Policy", "same-origin"))
            .addHeader(RawHeader.create("Cache-Control", "no-cache")),
        entityTag);
  }

  private static String chartsVersion() {
    try (InputStream in = open(CHARTS_VERSION)) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = OperatorFiles.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("not on the class path: " + resource);
    }
    return in;
  }
}
