/**
 * Tenants as their administrators make them while the engine runs: one event-sourced {@link
 * io.fengda.administration.Registry} for all, and on every node a directory that follows it.
 */
@NullMarked
package io.fengda.administration;

import org.jspecify.annotations.NullMarked;
