package io.fengda.telemetry;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The W3C Trace Context that follows a message through the stations: which trace, and which part of
 * it is the parent of what comes next.
 *
 * @param traceparent version 00: {@code 00-<trace id>-<span id>-<flags>}
 */
public record TraceContext(String traceparent) {
  private static final int LENGTH = 55;
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;
  private static final int SPAN_ID_FROM = 36;
  private static final int SPAN_ID_TO = 52;
  private static final int SAMPLED = 1;

  public TraceContext {
    if (!isWellFormed(traceparent)) {
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
    return isWellFormed(header) ? Optional.of(new TraceContext(header)) : Optional.empty();
  }

  /** Two ids that are not 0, and flags: looked at some ten times a turn. */
  private static boolean isWellFormed(String header) {
    return header.length() == LENGTH
        && header.startsWith("00-")
        && header.charAt(TRACE_ID_TO) == '-'
        && header.charAt(SPAN_ID_TO) == '-'
        && isId(header, TRACE_ID_FROM, TRACE_ID_TO)
        && isId(header, SPAN_ID_FROM, SPAN_ID_TO)
        && isHex(header, SPAN_ID_TO + 1, LENGTH);
  }

  private static boolean isId(String header, int from, int to) {
    boolean isZero = true;
    for (int i = from; i < to; i++) {
      isZero &= header.charAt(i) == '0';
    }
    return !isZero && isHex(header, from, to);
  }

  private static boolean isHex(String header, int from, int to) {
    for (int i = from; i < to; i++) {
      char letter = header.charAt(i);
      if ((letter < '0' || letter > '9') && (letter < 'a' || letter > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** 16 hexadecimal digits, not all of them 0. */
  public static String newSpanId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1L);
  }

  /** The same trace at another of its parts. */
  public TraceContext at(String spanId) {
    return of(traceId(), spanId, isSampled());
  }

  /** The same part of the same trace, which nobody wants kept. */
  public TraceContext unsampled() {
    return of(traceId(), spanId(), false);
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
