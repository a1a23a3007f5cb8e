package io.fengda.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The files that the gateway serves as they are. */
final class Pages {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Map<String, HttpResponse> byPath;

  private Pages(Map<String, HttpResponse> byPath) {
    this.byPath = byPath;
  }

  static Pages load() {
    ContentType javascript =
        MediaTypes.applicationWithOpenCharset("javascript", "js").toContentType(HttpCharsets.UTF_8);
    ContentType css = MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8);
    return new Pages(
        Map.of(
            "/", page("index.html", ContentTypes.TEXT_HTML_UTF8),
            "/chat.js", page("chat.js", javascript),
            "/chat.css", page("chat.css", css),
            "/openapi.json", page("openapi.json", ContentTypes.APPLICATION_JSON)));
  }

  Optional<HttpResponse> find(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  private static HttpResponse page(String name, ContentType type) {
    return HttpResponse.create()
        .withEntity(HttpEntities.create(type, bytes(name)))
        .addHeader(RawHeader.create("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
        .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"))
        .addHeader(RawHeader.create("Cache-Control", "no-cache"));
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
