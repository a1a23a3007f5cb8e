package io.fengda.http;

import com.typesafe.config.Config;
import io.fengda.tls.TlsSettings;
import java.time.Duration;

/**
 * Reads {@code fengda.http}.
 *
 * @param bodyBytesMax the largest body or WebSocket frame that is read at all
 * @param bodyTimeout how long a body or a WebSocket frame may take to arrive
 * @param importBytesMax the largest import of knowledge
 * @param importTimeout how long its sender, or its reader, may pause
 * @param textBytesMax UTF-8 bytes of a message's text
 * @param pageMax messages in one page of history
 * @param heartbeat how often a silent event stream is given a comment
 * @param slowReaderTimeout how long a stream may wait for its reader
 * @param reconnectSpread the longest time a drained client waits before it comes back
 */
public record HttpSettings(
    String host,
    int port,
    int bodyBytesMax,
    Duration bodyTimeout,
    long importBytesMax,
    Duration importTimeout,
    int textBytesMax,
    int pageMax,
    Duration heartbeat,
    Duration slowReaderTimeout,
    Duration reconnectSpread,
    TlsSettings tls) {
  public HttpSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "fengda.http.port (FENGDA_HTTP_PORT): %d is not a port".formatted(port));
    }
    if (bodyBytesMax < textBytesMax) {
      throw new IllegalArgumentException("fengda.http.body-bytes-max below text-bytes-max");
    }
    if (pageMax < 1) {
      throw new IllegalArgumentException("fengda.http.page-max: %d is below 1".formatted(pageMax));
    }
  }

  public static HttpSettings from(Config root) {
    Config config = root.getConfig("fengda.http");
    return new HttpSettings(
        config.getString("host"),
        config.getInt("port"),
        Math.toIntExact(config.getBytes("body-bytes-max")),
        config.getDuration("body-timeout"),
        config.getBytes("import-bytes-max"),
        config.getDuration("import-timeout"),
        Math.toIntExact(config.getBytes("text-bytes-max")),
        config.getInt("page-max"),
        config.getDuration("heartbeat"),
        config.getDuration("slow-reader-timeout"),
        config.getDuration("reconnect-spread"),
        TlsSettings.from(root, "fengda.http.tls"));
  }
}
