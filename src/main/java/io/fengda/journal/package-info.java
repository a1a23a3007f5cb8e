/**
 * How conversations lie in PostgreSQL: the schema, the stable form of events and snapshots ({@code
 * proto/fengda/journal/v1}), the plugin that writes events of different conversations together, the
 * redriver that finds open turns whose entity died, and what erases.
 */
@NullMarked
package io.fengda.journal;

import org.jspecify.annotations.NullMarked;
