/**
 * The fault lab: three engine processes, PostgreSQL and Kafka, clients that retry like real ones,
 * faults, and a checker that knows nothing of the engine. {@code mvn verify -Pchaos} runs all of
 * it; the ordinary run has one kill, one emptied Kafka and one restart of PostgreSQL.
 */
@NullMarked
package io.fengda.chaos;

import org.jspecify.annotations.NullMarked;
