package io.fengda.telemetry;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The W3C Trace Context that follows a message through the stations: which trace, and which part of
 * it is the parent of what comes next.
 *
 * @param traceparent version 00: {@code 00-<trace id>-<span id>-<flags>}
 */
public record TraceContext(String traceparent) {
  private static final Pattern GRAMMAR =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;
  private static final int SPAN_ID_FROM = 36;
  private static final int SPAN_ID_TO = 52;
  private static final int SAMPLED = 1;

  public TraceContext {
    if (!GRAMMAR.matcher(traceparent).matches()) {
      throw new IllegalArgumentException("not a traceparent of version 00: " + traceparent);
    }
  }

  /** A new trace. */
  public static TraceContext create(boolean isSampled) {
    return of(newSpanId() + newSpanId(), newSpanId(), isSampled);
  }

  private static TraceContext of(String traceId, String spanId, boolean isSampled) {
    return new TraceContext("00-" + traceId + "-" + spanId + (isSampled ? "-01" : "-00"));
  }

  /** The trace that a header names; none where it is not well formed. */
  public static Optional<TraceContext> parse(String header) {
    return GRAMMAR.matcher(header).matches()
        ? Optional.of(new TraceContext(header))
        : Optional.empty();
  }

  /** 16 hexadecimal digits, not all of them 0. */
  public static String newSpanId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1L);
  }

  /** The same trace at another of its parts. */
  public TraceContext at(String spanId) {
    return of(traceId(), spanId, isSampled());
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    return traceparent.substring(TRACE_ID_FROM, TRACE_ID_TO);
  }

  /** 16 hexadecimal digits. */
  public String spanId() {
    return traceparent.substring(SPAN_ID_FROM, SPAN_ID_TO);
  }

  /** Whether whoever began the trace wants it kept. */
  public boolean isSampled() {
    return (Integer.parseInt(traceparent.substring(SPAN_ID_TO + 1), 16) & SAMPLED) != 0;
  }
}
