package io.fengda.http;

import java.util.Locale;

/** Why the server closes a WebSocket, and whether the client is to come back. */
enum Closing {
  /** The node shuts down. */
  DRAINING(true),
  /** The token's time is over. */
  EXPIRED(true),
  /** A frame is larger than any valid one. */
  TOO_LARGE(false),
  /** The client does not read what it is sent. */
  TOO_SLOW(true),
  /** The client does what its token does not allow. */
  FORBIDDEN(false);

  private final boolean reconnect;

  Closing(boolean reconnect) {
    this.reconnect = reconnect;
  }

  boolean reconnects() {
    return reconnect;
  }

  String reason() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
