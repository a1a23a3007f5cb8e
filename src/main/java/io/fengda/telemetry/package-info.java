/**
 * What Fengda tells its operators: metrics, the log and what may not be in it, and the trace
 * context that follows a message.
 */
@NullMarked
package io.fengda.telemetry;

import org.jspecify.annotations.NullMarked;
