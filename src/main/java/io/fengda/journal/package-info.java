/**
 * How conversations lie in PostgreSQL: the schema, and the stable form of events and snapshots
 * ({@code proto/fengda/journal/v1}).
 */
@NullMarked
package io.fengda.journal;

import org.jspecify.annotations.NullMarked;
