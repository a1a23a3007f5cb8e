package io.fengda.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929138123456";

  private final LoggerContext context = new LoggerContext();
  private final JsonLines lines = new JsonLines();

  @BeforeEach
  void start() {
    lines.setContext(context);
    lines.start();
  }

  private LoggingEvent event(String message) {
    return event(message, Map.of());
  }

  private LoggingEvent event(String message, Map<String, String> mdc) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(context);
    event.setLoggerName("io.fengda.worker.Worker");
    event.setLevel(Level.WARN);
    event.setInstant(Instant.EPOCH);
    event.setMessage(message);
    event.setMDCPropertyMap(mdc);
    return event;
  }

  private JsonNode written(LoggingEvent event) throws JsonProcessingException {
    String line = new String(lines.encode(event), StandardCharsets.UTF_8);
    assertEquals(1, line.lines().count(), line);
    return new ObjectMapper().readTree(line);
  }

  @Test
  void aLineSaysWhomItIsAbout() throws Exception {
    LoggingEvent event = event("late");
    event.addKeyValuePair(new KeyValuePair(LogAbout.TENANT, "harbor"));
    event.addKeyValuePair(new KeyValuePair(LogAbout.CONVERSATION, "u-1:main"));
    event.addKeyValuePair(new KeyValuePair(LogAbout.TURN, 7L));
    event.addKeyValuePair(new KeyValuePair(LogAbout.TRACE, TRACE));

    JsonNode line = written(event);

    assertEquals("harbor", line.get("tenant").asText());
    assertEquals("u-1:main", line.get("conversation").asText());
    assertEquals(7, line.get("turn").asLong());
    assertEquals(TRACE, line.get("trace").asText());
    assertEquals("late", line.get("message").asText());
    assertEquals("WARN", line.get("level").asText());
    assertEquals("io.fengda.worker.Worker", line.get("logger").asText());
    assertTrue(line.has("@timestamp") && line.has("thread"));
  }

  @Test
  void whatAkkaLogsOfAConversationSaysWhichTenants() throws Exception {
    LoggingEvent event =
        event("journal away", Map.of("persistenceId", "Conversation|harbor:13812345678:main"));

    JsonNode line = written(event);

    assertEquals("harbor", line.get("tenant").asText());
    assertEquals("[phone]:main", line.get("conversation").asText());
    assertFalse(line.toString().contains("13812345678"));
  }

  @Test
  void nothingThatNamesAPersonIsInAMessageAValueOrAFailure() throws Exception {
    LoggingEvent event = event("the vendor said {}");
    event.setArgumentArray(new Object[] {"call 13812345678"});
    event.addKeyValuePair(new KeyValuePair(LogAbout.CONVERSATION, "a@example.com:main"));
    event.setThrowableProxy(
        new ch.qos.logback.classic.spi.ThrowableProxy(
            new IllegalStateException("of 6222021234567890123")));

    String line = written(event).toString();

    assertTrue(line.contains("call [phone]"), line);
    assertTrue(line.contains("[e-mail]:main"), line);
    assertTrue(line.contains("of [card]"), line);
    assertFalse(line.contains("example.com") || line.contains("6222021234567890123"), line);
  }

  @Test
  void aLineBreakStaysInItsLine() throws Exception {
    assertEquals("a\nb", written(event("a\nb")).get("message").asText());
  }
}
