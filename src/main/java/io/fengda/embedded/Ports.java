package io.fengda.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** TCP ports on 127.0.0.1. */
final class Ports {
  static final String HOST = "127.0.0.1";
  private static final int CONNECT_MILLIS_MAX = 1_000;

  private Ports() {}

  /** The port, or what is wrong with it. */
  static int inRange(int port, String setting) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(setting + " not within 1..65535: " + port);
    }
    return port;
  }

  /** Throws a line that names the setting when something listens on the port. */
  static void requireFree(int port, String setting) {
    try {
      bind(port);
    } catch (IOException e) {
      throw EmbeddedStartException.of(
          "port %s:%d cannot be used (%s): stop what listens there or set %s"
              .formatted(HOST, port, e.getMessage(), setting),
          e);
    }
  }

  static int anyFree() {
    try {
      return bind(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A connection that is the caller's to close. */
  static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(on(port), CONNECT_MILLIS_MAX);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static InetSocketAddress on(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  private static int bind(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(on(port));
      return socket.getLocalPort();
    }
  }
}
