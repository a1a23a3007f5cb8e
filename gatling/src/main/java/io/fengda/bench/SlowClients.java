package io.fengda.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections that do one byte a second, a virtual thread each. Who is cut off comes again, a second
 * later. Thread-safe.
 */
final class SlowClients {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long COMING_NANOS = 5 * SECOND_NANOS;
  private static final int RECEIVE_BYTES = 1_024;
  private static final String CUSTOMER = "slow-reader";

  /** What a reader has to read: more than the sockets of both sides hold. */
  private static final int MESSAGES = 60;

  private static final int TEXT_BYTES = 8_000;

  private final URI engine;
  private final String token;
  private final int number;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private volatile boolean here;

  SlowClients(Engine engine, Tenant tenant, int number) {
    this.engine = URI.create(engine.urls().getFirst());
    this.token = tenant.token(CUSTOMER);
    this.number = number;
    talk();
  }

  /** So that there is something to read. */
  private void talk() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String body = "{\"text\": \"" + "x".repeat(TEXT_BYTES) + "\"}";
      for (int i = 0; i < MESSAGES; i++) {
        HttpResponse<String> said =
            http.send(
                HttpRequest.newBuilder(engine.resolve("/v1/conversations/main/messages"))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
        if (said.statusCode() != 200) {
          throw new IllegalStateException(said.body());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** All of them, within a few seconds. */
  void come() {
    here = true;
    for (int i = 0; i < number; i++) {
      int kind = i % 3;
      long after = COMING_NANOS * i / number;
      Thread.ofVirtual()
          .start(
              () -> {
                LockSupport.parkNanos(after);
                stay(kind);
              });
    }
  }

  void go() {
    here = false;
    for (Socket socket : open) {
      close(socket);
    }
  }

  private void stay(int kind) {
    while (here) {
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(RECEIVE_BYTES);
        socket.connect(new InetSocketAddress(engine.getHost(), engine.getPort()));
        open.add(socket);
        made.incrementAndGet();
        most.accumulateAndGet(open.size(), Math::max);
        try {
          beSlow(socket, kind);
        } finally {
          open.remove(socket);
        }
      } catch (IOException e) {
        if (here) {
          cut.incrementAndGet();
        }
      }
      LockSupport.parkNanos(SECOND_NANOS);
    }
  }

  private void beSlow(Socket socket, int kind) throws IOException {
    switch (kind) {
      case 0 -> drip(socket, head("POST", "messages", 100), 20);
      case 1 -> drip(socket, head("POST", "messages", 4_000) + " ".repeat(4_000), 0);
      default -> {
        send(socket, head("GET", "events?after=0", 0));
        while (here) {
          if (socket.getInputStream().read() < 0) {
            throw new IOException("cut off");
          }
          LockSupport.parkNanos(SECOND_NANOS);
        }
      }
    }
  }

  /**
   * Sends a request.
   *
   * @param fast how much of it at once; 0: its head
   */
  private void drip(Socket socket, String request, int fast) throws IOException {
    int sent = fast == 0 ? request.indexOf("\r\n\r\n") + 4 : fast;
    send(socket, request.substring(0, sent));
    socket.setSoTimeout(1);
    while (here && sent < request.length()) {
      send(socket, request.substring(sent, ++sent));
      if (isAnswered(socket)) {
        throw new IOException("cut off");
      }
      LockSupport.parkNanos(SECOND_NANOS);
    }
  }

  /** Whoever is answered before the end of the request is not wanted any more. */
  private static boolean isAnswered(Socket socket) throws IOException {
    try {
      socket.getInputStream().read();
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }

  private String head(String method, String what, int length) {
    return "%s /v1/conversations/main/%s HTTP/1.1\r\nHost: fengda\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        .formatted(method, what, token, length);
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  int most() {
    return most.get();
  }

  int made() {
    return made.get();
  }

  int cut() {
    return cut.get();
  }
}
