package io.fengda.telemetry;

import com.fasterxml.jackson.core.JsonStreamContext;
import java.util.Set;
import net.logstash.logback.mask.ValueMasker;
import org.jspecify.annotations.Nullable;

/** Values of the structured log without {@link PersonalData}. */
public final class MaskedValues implements ValueMasker {
  /** What the engine makes itself. Digits of a trace may look like a phone number. */
  private static final Set<String> OURS =
      Set.of("@timestamp", "level", "logger", "thread", LogAbout.TRACE);

  @Override
  public @Nullable Object mask(JsonStreamContext context, Object value) {
    // Null says that nothing is masked.
    return value instanceof CharSequence text
            && !OURS.contains(String.valueOf(context.getCurrentName()))
        ? PersonalData.mask(text.toString())
        : null;
  }
}
