package io.fengda.operator;

import io.fengda.telemetry.Readiness;

/**
 * What a node tells about itself.
 *
 * @param page where its own page is
 * @param startedAtMillis of this process
 * @param phase it takes traffic while it is {@code STARTED}
 * @param shards of conversations that it has
 * @param conversations in its memory
 */
record NodeReport(
    String page,
    long startedAtMillis,
    Readiness.Phase phase,
    int shards,
    int conversations,
    Figures figures)
    implements OperatorMessage {}
