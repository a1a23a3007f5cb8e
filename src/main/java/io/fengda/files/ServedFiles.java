package io.fengda.files;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
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
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Files of the class path, held in memory. Scripts and styles of a page are files beside it,
 * nothing else is loaded or run, and no other site may show it in a frame. Thread-safe.
 */
public final class ServedFiles {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final Map<String, ContentType> TYPES =
      Map.of(
          "html", ContentTypes.TEXT_HTML_UTF8,
          "json", ContentTypes.APPLICATION_JSON,
          "css", MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8),
          "svg", MediaTypes.IMAGE_SVG_XML.toContentType(),
          "js",
              MediaTypes.applicationWithOpenCharset("javascript", "js")
                  .toContentType(HttpCharsets.UTF_8));

  private final Map<String, Served> byPath;

  private ServedFiles(Map<String, Served> byPath) {
    this.byPath = byPath;
  }

  /** A file, and what tells whether a browser has it already. */
  private record Served(HttpResponse whole, String entityTag) {}

  /**
   * Reads the files.
   *
   * @param resources absolute names on the class path, by the paths under which they are found
   * @param headers what is said with each file, beside what all files have
   * @throws IllegalStateException where one is missing
   */
  public static ServedFiles load(Map<String, String> resources, List<HttpHeader> headers) {
    return new ServedFiles(
        resources.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, file -> served(file.getValue(), headers))));
  }

  private static Served served(String resource, List<HttpHeader> headers) {
    byte[] bytes = bytes(resource);
    String entityTag = '"' + UUID.nameUUIDFromBytes(bytes).toString() + '"';
    ContentType type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
    return new Served(
        HttpResponse.create()
            .withEntity(HttpEntities.create(type, bytes))
            .addHeader(RawHeader.create("ETag", entityTag))
            .addHeader(RawHeader.create("Content-Security-Policy", CONTENT_SECURITY_POLICY))
            .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
            .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"))
            .addHeader(RawHeader.create("Cache-Control", "no-cache"))
            .addHeaders(headers),
        entityTag);
  }

  /** The file of a path; without its content where the browser has it (RFC 9110, 13.1.2). */
  public Optional<HttpResponse> find(String path, HttpRequest request) {
    return Optional.ofNullable(byPath.get(path))
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

  private static byte[] bytes(String resource) {
    try (InputStream in = ServedFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
