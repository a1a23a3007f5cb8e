package io.fengda.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy before a server that says everything again. */
class TcpProxyTest {
  private ServerSocket server;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    List<Integer> ports = FreePorts.of(2);
    server = new ServerSocket(ports.get(0), 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::echo);
    proxy = TcpProxy.start(ports.get(1), ports.get(0));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void itForwardsBothWaysAndKnowsItsConnections() throws IOException {
    try (Socket client = connect("127.0.0.1")) {
      assertEquals("hello", said(client, "hello"));
      assertEquals(1, proxy.connections());
    }

    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> proxy.connections() == 0);
  }

  @Test
  void whatIsBlockedComesWhenTheWayIsFreeAgain() throws IOException {
    try (Socket client = connect("127.0.0.1")) {
      assertEquals("before", said(client, "before"));

      proxy.blockAll();
      assertThrows(SocketTimeoutException.class, () -> said(client, "during"));
      try (Socket late = connect("127.0.0.1")) {
        assertThrows(SocketTimeoutException.class, () -> said(late, "latest"));
        proxy.free();

        assertEquals("during", heard(client, 6));
        assertEquals("latest", heard(late, 6));
      }
    }
  }

  @Test
  void onlyTheSourcesThatAreNamedAreBlocked() throws IOException {
    try (Socket one = connect("127.0.0.11");
        Socket two = connect("127.0.0.12")) {
      proxy.block(source -> source.getHostAddress().equals("127.0.0.11"));

      assertThrows(SocketTimeoutException.class, () -> said(one, "one"));
      assertEquals("two", said(two, "two"));
    }
  }

  @Test
  void onlyAnswersThatCommitAreDelayed() throws IOException {
    proxy.delayCommits(() -> Duration.ofMillis(300));
    try (Socket client = connect("127.0.0.1")) {
      client.setSoTimeout(2_000);
      assertTrue(millis(client, "C SELECT 1\0") < 250);
      assertTrue(millis(client, "C INSERT 0 1\0") >= 300);
      assertTrue(millis(client, "C COMMIT\0") >= 300);
    }
  }

  @Test
  void whatIsCutIsClosedOnBothSides() throws IOException {
    try (Socket client = connect("127.0.0.1")) {
      assertEquals("hello", said(client, "hello"));

      proxy.cut();

      assertEquals(-1, client.getInputStream().read());
    }
  }

  private static long millis(Socket client, String text) throws IOException {
    long startNanos = System.nanoTime();
    assertEquals(text, said(client, text));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  private Socket connect(String source) throws IOException {
    Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(), proxy.port(), InetAddress.getByName(source), 0);
    socket.setSoTimeout(200);
    return socket;
  }

  private static String said(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
    return heard(client, text.length());
  }

  private static String heard(Socket client, int length) throws IOException {
    return new String(client.getInputStream().readNBytes(length), US_ASCII);
  }

  private void echo() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client is gone.
    }
  }
}
