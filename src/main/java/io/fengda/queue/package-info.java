/**
 * Stations 4 and 7: the two legs of Kafka. Queries leave for the workers, deltas and results come
 * back. Kafka may lose or repeat a record; what must not be lost is in the journal.
 */
@NullMarked
package io.fengda.queue;

import org.jspecify.annotations.NullMarked;
