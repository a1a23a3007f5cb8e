package io.fengda.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A TCP connection to an engine that speaks just enough HTTP/1.1: a client that costs less than
 * what it measures. One thread at a time.
 */
final class Wire implements AutoCloseable {
  private static final int HEAD_BYTES_MAX = 16 * 1024;
  private static final int BODY_BYTES_MAX = 4 * 1024 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final String host;

  private Wire(Socket socket, InputStream in, String host) {
    this.socket = socket;
    this.in = in;
    this.host = host;
  }

  /** So many addresses of this machine, which all of 127/8 are: each has ports of its own. */
  static List<InetAddress> addresses(int count) {
    List<InetAddress> addresses = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        addresses.add(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + i)}));
      }
      return addresses;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Connects.
   *
   * @param from the address it comes from, one of this machine's
   * @param timeout of the connection, and of every wait for something to read
   * @param bufferBytes that are read at once
   */
  static Wire open(InetAddress from, URI to, Duration timeout, int bufferBytes) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) timeout.toMillis());
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress(to.getHost(), to.getPort()), (int) timeout.toMillis());
      return new Wire(
          socket, new BufferedInputStream(socket.getInputStream(), bufferBytes), to.getAuthority());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** What a request was answered. */
  record Response(int status, String body) {}

  /** Asks, and waits for the whole answer; the connection stays open for the next. */
  Response ask(String method, String path, String token, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    send(
        """
        %s %s HTTP/1.1
        Host: %s
        Authorization: Bearer %s
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(method, path, host, token, body.length),
        body);
    Head head = head();
    return new Response(
        head.status(), new String(read(head.contentLength()), StandardCharsets.UTF_8));
  }

  /** Asks for a WebSocket; from then on frames are read and written. */
  void upgrade(String path, String key, String protocols) throws IOException {
    send(
        """
        GET %s HTTP/1.1
        Host: %s
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: %s
        Sec-WebSocket-Protocol: %s

        """
            .formatted(path, host, key, protocols),
        new byte[0]);
    int status = head().status();
    if (status != 101) {
      throw new IOException("the upgrade was answered with " + status);
    }
  }

  private void send(String head, byte[] body) throws IOException {
    byte[] bytes = head.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[bytes.length + body.length];
    System.arraycopy(bytes, 0, all, 0, bytes.length);
    System.arraycopy(body, 0, all, bytes.length, body.length);
    write(all);
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private record Head(int status, int contentLength) {}

  private Head head() throws IOException {
    String statusLine = line();
    String[] words = statusLine.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.1")) {
      throw new IOException("no answer of HTTP/1.1: " + statusLine);
    }
    int contentLength = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String field = line.toLowerCase(Locale.ROOT);
      if (field.startsWith("content-length:")) {
        contentLength = Integer.parseInt(field.substring(field.indexOf(':') + 1).strip());
      } else if (field.startsWith("transfer-encoding:")) {
        throw new IOException("an answer without a length");
      }
    }
    return new Head(Integer.parseInt(words[1]), contentLength);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int letter = read(); letter != '\n'; letter = read()) {
      if (letter != '\r') {
        line.append((char) letter);
      }
      if (line.length() > HEAD_BYTES_MAX) {
        throw new IOException("a line of more than %d bytes".formatted(HEAD_BYTES_MAX));
      }
    }
    return line.toString();
  }

  int read() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the engine closed the connection");
    }
    return next;
  }

  byte[] read(int length) throws IOException {
    if (length < 0 || length > BODY_BYTES_MAX) {
      throw new IOException("%d bytes at once".formatted(length));
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the engine closed the connection");
    }
    return bytes;
  }

  /** For how long something to read is waited for from now on. */
  void patience(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
