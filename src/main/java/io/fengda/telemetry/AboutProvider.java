package io.fengda.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import net.logstash.logback.composite.AbstractJsonProvider;

/** Adds to lines of the structured log what their actor's id says of tenant and conversation. */
public final class AboutProvider extends AbstractJsonProvider<ILoggingEvent> {
  @Override
  public void writeTo(JsonGenerator generator, ILoggingEvent line) throws IOException {
    if (LogAbout.isSaid(line)) {
      return;
    }
    for (Map.Entry<String, String> known : LogAbout.of(line).entrySet()) {
      generator.writeStringField(known.getKey(), known.getValue());
    }
  }
}
