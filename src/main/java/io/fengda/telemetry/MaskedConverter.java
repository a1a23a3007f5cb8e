package io.fengda.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;

/** {@code %masked(…)} in a pattern of Logback: without {@link PersonalData}. */
public final class MaskedConverter extends CompositeConverter<ILoggingEvent> {
  @Override
  protected String transform(ILoggingEvent event, String in) {
    return PersonalData.mask(in);
  }
}
