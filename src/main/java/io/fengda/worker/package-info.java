/**
 * Station 5: takes queries from Kafka, as many at once as the node may have, and sends back what
 * the vendor says. It never sees an actor.
 */
@NullMarked
package io.fengda.worker;

import org.jspecify.annotations.NullMarked;
