package io.fengda.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.sift.AbstractDiscriminator;

/** Which tenant's file a log line belongs to; {@code fengda}'s where it is of none. */
public final class TenantDiscriminator extends AbstractDiscriminator<ILoggingEvent> {
  @Override
  public String getDiscriminatingValue(ILoggingEvent line) {
    return LogAbout.of(line).getOrDefault(LogAbout.TENANT, "-fengda");
  }

  @Override
  public String getKey() {
    return LogAbout.TENANT;
  }
}
