package io.fengda.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The files that the gateway serves as they are: the page, what it is made of, and its manual.
 * Other sites may load them, but not show them in a frame.
 */
final class Pages {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final String START = "index.html";
  private static final String ADMIN = "admin.html";

  private static final List<String> FILES =
      List.of(
          START,
          ADMIN,
          "admin.js",
          "admin.css",
          "admin-texts.js",
          "page.js",
          "page.css",
          "fengda-chat.js",
          "chat.css",
          "fengda-client.js",
          "markdown.js",
          "texts.js",
          "favicon.svg",
          "widget.js",
          "example.html",
          "integrate.html",
          "manual.css",
          "openapi.json");

  private static final Map<String, ContentType> TYPES =
      Map.of(
          "html", ContentTypes.TEXT_HTML_UTF8,
          "json", ContentTypes.APPLICATION_JSON,
          "css", MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8),
          "svg", MediaTypes.IMAGE_SVG_XML.toContentType(),
          "js",
              MediaTypes.applicationWithOpenCharset("javascript", "js")
                  .toContentType(HttpCharsets.UTF_8));

  private final Map<String, Page> byPath;

  private Pages(Map<String, Page> byPath) {
    this.byPath = byPath;
  }

  /** A file, and what tells whether a browser has it already. */
  private record Page(HttpResponse whole, String entityTag) {}

  static Pages load() {
    return new Pages(
        FILES.stream().collect(Collectors.toUnmodifiableMap(Pages::path, Pages::page)));
  }

  private static String path(String name) {
    return switch (name) {
      case START -> "/";
      case ADMIN -> "/admin";
      default -> "/" + name;
    };
  }

  /** The file of that path; without its content where the browser has it (RFC 9110, 13.1.2). */
  Optional<HttpResponse> find(HttpRequest request) {
    return Optional.ofNullable(byPath.get(request.getUri().path()))
        .map(
            page ->
                Requests.header(request, "If-None-Match")
                        .filter(tags -> tags.contains(page.entityTag()))
                        .isPresent()
                    ? page.whole().withEntity(HttpEntities.EMPTY).withStatus(304)
                    : page.whole());
  }

  private static Page page(String name) {
    byte[] bytes = bytes(name);
    String entityTag = '"' + UUID.nameUUIDFromBytes(bytes).toString() + '"';
    ContentType type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    return new Page(
        HttpResponse.create()
            .withEntity(HttpEntities.create(type, bytes))
            .addHeader(RawHeader.create("ETag", entityTag))
            .addHeader(RawHeader.create("Content-Security-Policy", CONTENT_SECURITY_POLICY))
            .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
            .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"))
            .addHeader(RawHeader.create("Access-Control-Allow-Origin", "*"))
            .addHeader(RawHeader.create("Cross-Origin-Resource-Policy", "cross-origin"))
            .addHeader(RawHeader.create("Cache-Control", "no-cache")),
        entityTag);
  }

  private static byte[] bytes(String name) {
    try (InputStream in = Pages.class.getResourceAsStream("pages/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: pages/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
