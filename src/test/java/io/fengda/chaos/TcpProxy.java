package io.fengda.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A way between two processes on 127.0.0.1 that can be blocked, cut or made slow. Thread-safe.
 *
 * <p>What is blocked is not closed and not lost: it goes on when the way is free again, as TCP
 * sends again what a broken cable swallowed.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final ServerSocket listener;
  private final int targetPort;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Object gate = new Object();
  private volatile Predicate<InetAddress> blocked = TcpProxy::nobody;
  private volatile Supplier<Duration> commitDelay = () -> Duration.ZERO;
  private volatile boolean delaysCommits;

  private TcpProxy(ServerSocket listener, int targetPort) {
    this.listener = listener;
    this.targetPort = targetPort;
  }

  /** Forwards what comes to the port to the other, whether or not somebody listens there yet. */
  public static TcpProxy start(int port, int targetPort) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
      TcpProxy proxy = new TcpProxy(listener, targetPort);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections are open on both sides. */
  int connections() {
    return (int) links.stream().filter(link -> link.server.isConnected()).count();
  }

  /** Lets nothing through, either way, on connections from these addresses, old or new. */
  void block(Predicate<InetAddress> sources) {
    blocked = sources;
  }

  public void blockAll() {
    block(source -> true);
  }

  /** Holds back every answer of PostgreSQL that says something is committed. */
  void delayCommits(Supplier<Duration> delay) {
    commitDelay = delay;
    delaysCommits = true;
  }

  /** Lets everything through again, at once. */
  public void free() {
    delaysCommits = false;
    blocked = TcpProxy::nobody;
    synchronized (gate) {
      gate.notifyAll();
    }
  }

  /** Closes every connection. */
  public void cut() {
    links.forEach(Link::close);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    free();
    cut();
  }

  private static boolean nobody(InetAddress source) {
    return false;
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Link link = new Link(listener.accept(), new Socket());
        links.add(link);
        Thread.ofVirtual().start(() -> open(link));
      }
    } catch (IOException e) {
      cut();
    }
  }

  private void open(Link link) {
    try {
      awaitFree(link);
      link.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
      link.client.setTcpNoDelay(true);
      link.server.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(link, link.server, link.client, true));
      pump(link, link.client, link.server, false);
    } catch (IOException e) {
      close(link);
    }
  }

  private void pump(Link link, Socket from, Socket to, boolean answers) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (answers && delaysCommits && commits(buffer, length)) {
          LockSupport.parkNanos(commitDelay.get().toNanos());
        }
        awaitFree(link);
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // One side is gone: so is the other.
    } finally {
      close(link);
    }
  }

  /** Whether PostgreSQL says CommandComplete of an insert or a commit. */
  private static boolean commits(byte[] buffer, int length) {
    String text = new String(buffer, 0, length, ISO_8859_1);
    return text.contains("INSERT 0 ") || text.contains("COMMIT\0");
  }

  private void awaitFree(Link link) throws IOException {
    synchronized (gate) {
      while (blocked.test(link.client.getInetAddress())) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
    }
  }

  private void close(Link link) {
    links.remove(link);
    link.close();
  }

  /** A connection from the client, and the one to the server that belongs to it. */
  private record Link(Socket client, Socket server) {
    void close() {
      try (client;
          server) {
        // Both, whatever the first one says.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
