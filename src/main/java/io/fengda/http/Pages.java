package io.fengda.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.fengda.files.ServedFiles;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The files that the gateway serves: the page, what it is made of, and its manual. Other sites may
 * load them, but not show them in a frame.
 */
final class Pages {
  private static final String FOLDER = "/io/fengda/http/pages/";
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

  private final ServedFiles files;

  private Pages(ServedFiles files) {
    this.files = files;
  }

  static Pages load() {
    return new Pages(
        ServedFiles.load(
            FILES.stream()
                .collect(Collectors.toUnmodifiableMap(Pages::path, name -> FOLDER + name)),
            List.of(
                RawHeader.create("Access-Control-Allow-Origin", "*"),
                RawHeader.create("Cross-Origin-Resource-Policy", "cross-origin"))));
  }

  private static String path(String name) {
    return switch (name) {
      case START -> "/";
      case ADMIN -> "/admin";
      default -> "/" + name;
    };
  }

  Optional<HttpResponse> find(HttpRequest request) {
    return files.find(request.getUri().path(), request);
  }
}
