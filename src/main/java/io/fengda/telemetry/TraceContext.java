package io.fengda.telemetry;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The W3C Trace Context that follows a message through the stations.
 *
 * @param traceparent version 00: {@code 00-<trace id>-<parent id>-<flags>}
 */
public record TraceContext(String traceparent) {
  private static final Pattern GRAMMAR =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;

  public TraceContext {
    if (!GRAMMAR.matcher(traceparent).matches()) {
      throw new IllegalArgumentException("not a traceparent of version 00: " + traceparent);
    }
  }

  /** A new trace, sampled flag off. */
  public static TraceContext create(RandomGenerator random) {
    return new TraceContext(
        "00-%016x%016x-%016x-00".formatted(random.nextLong(), nonZero(random), nonZero(random)));
  }

  /** The caller's trace where its header is well formed, else a new one, as the standard asks. */
  public static TraceContext continued(String header, RandomGenerator random) {
    return GRAMMAR.matcher(header).matches() ? new TraceContext(header) : create(random);
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    return traceparent.substring(TRACE_ID_FROM, TRACE_ID_TO);
  }

  private static long nonZero(RandomGenerator random) {
    return random.nextLong() | 1L;
  }
}
