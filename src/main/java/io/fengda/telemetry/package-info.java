/** What Fengda tells its operators: metrics, and the trace context that follows a message. */
@NullMarked
package io.fengda.telemetry;

import org.jspecify.annotations.NullMarked;
