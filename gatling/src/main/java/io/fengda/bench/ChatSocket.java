package io.fengda.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A customer's WebSocket, by RFC 6455 as far as an engine makes use of it: whole frames, and pings
 * that are answered. One thread at a time, but {@link #cut()}.
 */
final class ChatSocket implements AutoCloseable {
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int OPCODE = 0x0f;
  private static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;
  private static final int MASK_BYTES = 4;
  private static final int KEY_BYTES = 16;

  /** Lengths above it need two bytes, above which two need eight. */
  private static final int SHORT_MAX = 125;

  private static final int TWO_BYTES = 126;
  private static final int LENGTH_MAX = 0xffff;

  /** Small, as there are many sockets and an idle one reads only pings. */
  private static final int BUFFER_BYTES = 512;

  private static final byte[] NORMAL_CLOSURE = {0x03, (byte) 0xe8};

  private final Wire wire;
  private final AtomicLong pings;

  private ChatSocket(Wire wire, AtomicLong pings) {
    this.wire = wire;
    this.pings = pings;
  }

  /**
   * Connects to the conversation {@code main} and asks for all of its messages.
   *
   * @param from the address it comes from, one of this machine's
   * @param timeout of each step
   * @param pings counts those that are answered
   * @throws IOException where it is not let in
   */
  static ChatSocket open(InetAddress from, URI to, String token, Duration timeout, AtomicLong pings)
      throws IOException {
    Wire wire = Wire.open(from, to, timeout, BUFFER_BYTES);
    try {
      byte[] key = new byte[KEY_BYTES];
      ThreadLocalRandom.current().nextBytes(key);
      wire.upgrade(
          "/v1/conversations/main/ws?after=0",
          Base64.getEncoder().encodeToString(key),
          "fengda.v1, bearer." + token);
      return new ChatSocket(wire, pings);
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /**
   * Waits for the next text; pings are answered meanwhile.
   *
   * @throws EOFException where the engine closes the socket
   */
  String read() throws IOException {
    while (true) {
      int first = wire.read();
      byte[] payload = wire.read(length());
      switch (first & OPCODE) {
        case TEXT -> {
          if ((first & FINAL) == 0) {
            throw new IOException("a text in pieces");
          }
          return new String(payload, StandardCharsets.UTF_8);
        }
        case PING -> {
          write(PONG, payload);
          pings.incrementAndGet();
        }
        case PONG -> {}
        case CLOSE -> throw new EOFException("the engine closed the socket");
        default -> throw new IOException("a frame of opcode " + (first & OPCODE));
      }
    }
  }

  private int length() throws IOException {
    int length = wire.read();
    if (length <= SHORT_MAX) {
      return length;
    }
    if (length == TWO_BYTES) {
      return wire.read() << 8 | wire.read();
    }
    throw new IOException("a frame of more than %d bytes".formatted(LENGTH_MAX));
  }

  /** Writes a short frame. */
  private void write(int opcode, byte[] payload) throws IOException {
    byte[] frame = new byte[2 + MASK_BYTES + payload.length];
    byte[] mask = new byte[MASK_BYTES];
    ThreadLocalRandom.current().nextBytes(mask);
    frame[0] = (byte) (FINAL | opcode);
    frame[1] = (byte) (MASKED | payload.length);
    System.arraycopy(mask, 0, frame, 2, MASK_BYTES);
    for (int i = 0; i < payload.length; i++) {
      frame[2 + MASK_BYTES + i] = (byte) (payload[i] ^ mask[i % MASK_BYTES]);
    }
    wire.write(frame);
  }

  /** For how long something to read is waited for from now on. */
  void patience(Duration timeout) throws IOException {
    wire.patience(timeout);
  }

  /** Says that it leaves, and waits for the engine to say so too. */
  @Override
  public void close() throws IOException {
    try (wire) {
      write(CLOSE, NORMAL_CLOSURE);
      while (true) {
        String unused = read();
      }
    } catch (EOFException e) {
      // That is the engine's close.
    }
  }

  /** Ends the connection at once; any thread. */
  void cut() {
    try {
      wire.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
