package io.fengda.embedded;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/**
 * The cheapest question to a broker, which it answers only once it serves clients: which requests
 * do you know? An admin client would cost a second of CPU time at start.
 */
final class BrokerProbe {
  private static final int ANSWER_MILLIS_MAX = 1_000;
  private static final short API_VERSIONS = 18;
  private static final short VERSION = 0;
  private static final int CORRELATION_ID = 1;
  private static final short NO_CLIENT_ID = -1;
  private static final int REQUEST_BYTES = 3 * Short.BYTES + Integer.BYTES;

  private BrokerProbe() {}

  /** Whether a broker on the port answers without an error. */
  static boolean answers(int port) {
    try (Socket socket = Ports.connect(port)) {
      socket.setSoTimeout(ANSWER_MILLIS_MAX);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(REQUEST_BYTES);
      out.writeShort(API_VERSIONS);
      out.writeShort(VERSION);
      out.writeInt(CORRELATION_ID);
      out.writeShort(NO_CLIENT_ID);
      out.flush();
      return isAnswer(new DataInputStream(socket.getInputStream()));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isAnswer(DataInputStream in) throws IOException {
    boolean hasContent = in.readInt() > Integer.BYTES + Short.BYTES;
    boolean isOurs = in.readInt() == CORRELATION_ID;
    boolean hasNoError = in.readShort() == 0;
    return hasContent && isOurs && hasNoError;
  }
}
