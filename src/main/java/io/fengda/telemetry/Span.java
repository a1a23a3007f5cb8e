package io.fengda.telemetry;

import java.time.Instant;
import java.util.Map;

/**
 * A finished part of a trace, as OpenTelemetry has it.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @param parentId the same; empty where it is the first
 * @param failed whether it ended otherwise than one wants
 * @param attributes of OpenTelemetry's semantic conventions, or that begin with {@code fengda.}
 */
public record Span(
    String traceId,
    String spanId,
    String parentId,
    Kind kind,
    String name,
    Instant began,
    Instant ended,
    boolean failed,
    Map<String, String> attributes) {
  /** On which side of a call or of a queue it was. */
  public enum Kind {
    INTERNAL,
    SERVER,
    CLIENT,
    PRODUCER,
    CONSUMER
  }

  public Span {
    attributes = Map.copyOf(attributes);
  }
}
