package io.fengda.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves a tenant's key set over HTTP, and counts who asks. */
public final class KeySetServer implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile String body = "";
  private volatile int status = 200;
  private volatile String location = "";

  private KeySetServer(HttpServer server) {
    this.server = server;
  }

  public static KeySetServer start(JWK... keys) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      KeySetServer server = new KeySetServer(http);
      server.serve(keys);
      http.createContext(
          "/keys",
          exchange -> {
            server.requests.incrementAndGet();
            byte[] bytes = server.body.getBytes(StandardCharsets.UTF_8);
            if (!server.location.isEmpty()) {
              exchange.getResponseHeaders().set("Location", server.location);
            }
            exchange.sendResponseHeaders(server.status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:%d/keys".formatted(server.getAddress().getPort()));
  }

  /** The public halves of these keys from now on. */
  public void serve(JWK... keys) {
    body = new JWKSet(List.of(keys)).toString(true);
    status = 200;
    location = "";
  }

  public void fail(int with) {
    body = "no keys today";
    status = with;
  }

  public void redirect(URI to) {
    body = "elsewhere";
    status = 302;
    location = to.toString();
  }

  public int requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
