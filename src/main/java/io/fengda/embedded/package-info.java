/**
 * A real PostgreSQL and a real Kafka broker as child processes, for development and tests on one
 * machine.
 *
 * <p>{@link io.fengda.embedded.EmbeddedServices} starts both. Neither outlives this JVM, however it
 * ends: a {@link io.fengda.embedded.Leash} holds each of them by a pipe.
 */
@NullMarked
package io.fengda.embedded;

import org.jspecify.annotations.NullMarked;
