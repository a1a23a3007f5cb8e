/**
 * The operator's page on the management port: what every node of the cluster tells about itself,
 * together; and a node is drained from it.
 */
@NullMarked
package io.fengda.operator;

import org.jspecify.annotations.NullMarked;
