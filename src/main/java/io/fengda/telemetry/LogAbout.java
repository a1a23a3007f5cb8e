package io.fengda.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Whom a log line is about, as keys that a log can be searched by. What Akka logs of a persistent
 * actor has them from the actor's id.
 */
public final class LogAbout {
  public static final String TENANT = "tenant";
  public static final String CONVERSATION = "conversation";
  public static final String TURN = "turn";
  public static final String TRACE = "trace";

  /** {@code Conversation|tenant:customer:name}, which Akka Persistence logs with. */
  private static final Pattern PERSISTENCE_ID =
      Pattern.compile("(?:Conversation|Knowledge)\\|([a-z0-9-]{1,32})(?::([^:]+:[^:]+))?");

  private LogAbout() {}

  /** Of a tenant, and of nothing that is smaller. */
  public static LoggingEventBuilder tenant(LoggingEventBuilder line, String tenant) {
    return line.addKeyValue(TENANT, tenant);
  }

  /** Of a conversation, {@code customer:name}. */
  public static LoggingEventBuilder conversation(
      LoggingEventBuilder line, String tenant, String conversation) {
    return tenant(line, tenant).addKeyValue(CONVERSATION, conversation);
  }

  /**
   * Of a turn.
   *
   * @param conversation {@code customer:name}
   * @param turn the seq of its first message
   * @param traceparent W3C Trace Context; none where it is not well formed
   */
  public static LoggingEventBuilder turn(
      LoggingEventBuilder line, String tenant, String conversation, long turn, String traceparent) {
    LoggingEventBuilder about = conversation(line, tenant, conversation).addKeyValue(TURN, turn);
    return TraceContext.parse(traceparent)
        .map(trace -> about.addKeyValue(TRACE, trace.traceId()))
        .orElse(about);
  }

  /** Tenant and conversation of a line: what it says itself, or else what its actor's id says. */
  static Map<String, String> of(ILoggingEvent line) {
    return said(line, TENANT)
        .map(tenant -> Map.of(TENANT, tenant))
        .orElseGet(() -> ofActor(line.getMDCPropertyMap().getOrDefault("persistenceId", "")));
  }

  /** Whether a line says its tenant itself. */
  static boolean isSaid(ILoggingEvent line) {
    return said(line, TENANT).isPresent();
  }

  private static Map<String, String> ofActor(String persistenceId) {
    Matcher parts = PERSISTENCE_ID.matcher(persistenceId);
    if (!parts.matches()) {
      return Map.of();
    }
    return parts.group(2) == null
        ? Map.of(TENANT, parts.group(1))
        : Map.of(TENANT, parts.group(1), CONVERSATION, parts.group(2));
  }

  private static Optional<String> said(ILoggingEvent line, String key) {
    List<KeyValuePair> pairs = line.getKeyValuePairs();
    return pairs == null
        ? Optional.empty()
        : pairs.stream()
            .filter(pair -> pair.key.equals(key))
            .map(pair -> String.valueOf(pair.value))
            .findFirst();
  }
}
