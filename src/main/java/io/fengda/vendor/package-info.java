/**
 * Station 6: picks the tenant's vendor, guards the call with the deadline, and makes it over gRPC
 * ({@code proto/fengda/nlp/v1}). It never sees an actor.
 */
@NullMarked
package io.fengda.vendor;

import org.jspecify.annotations.NullMarked;
