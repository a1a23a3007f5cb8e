package io.fengda.telemetry;

import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import net.logstash.logback.mask.MaskingJsonGeneratorDecorator;

/**
 * A log line as one JSON object: {@code @timestamp}, {@code level}, {@code logger}, {@code thread},
 * {@code message}, {@code stack_trace}, and whom it is {@link LogAbout about}.
 */
public final class JsonLines extends LogstashEncoder {
  public JsonLines() {
    LogstashFieldNames names = new LogstashFieldNames();
    names.setLogger("logger");
    names.setThread("thread");
    names.setVersion(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
    names.setLevelValue(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
    setFieldNames(names);
    MaskingJsonGeneratorDecorator masking = new MaskingJsonGeneratorDecorator();
    masking.addValueMasker(new MaskedValues());
    masking.start();
    setJsonGeneratorDecorator(masking);
    // The path of an actor, with its id in the letters of a URL: the id itself is told.
    addExcludeMdcKeyName("akkaSource");
    addExcludeMdcKeyName("sourceThread");
    addProvider(new AboutProvider());
  }
}
